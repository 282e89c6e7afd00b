/** The API group of the eight kinds. Stored objects carry it, so it never changes. */
export const GROUP = "thurkube.thurbeen.eu";
export const VERSION = "v1alpha1";
export const API_VERSION = `${GROUP}/${VERSION}`;
