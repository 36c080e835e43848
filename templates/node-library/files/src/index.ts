export { distance } from "./distance.ts";
export { nearest, type NearestOptions } from "./nearest.ts";
