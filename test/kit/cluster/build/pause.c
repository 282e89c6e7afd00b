// The first process of a pod's sandbox, and of the test node itself: holds the namespaces and reaps orphans until told to stop.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static void reap(int number) {
  (void)number;
  while (waitpid(-1, 0, WNOHANG) > 0);
}

static void stop(int number) {
  (void)number;
  _exit(0);
}

int main(void) {
  signal(SIGCHLD, reap);
  signal(SIGINT, stop);
  signal(SIGTERM, stop);
  for (;;) pause();
}
