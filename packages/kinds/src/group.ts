/** The API group of the eight kinds; the reference's own, so its manifests apply unchanged. */
export const GROUP = "thurkube.thurbeen.eu";
export const VERSION = "v1alpha1";
export const API_VERSION = `${GROUP}/${VERSION}`;
