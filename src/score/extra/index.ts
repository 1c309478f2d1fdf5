/** What not every model needs: loaded with the first one that does, so it imports nothing but types of the rest. */
export { placeExtraLink } from './extraLink.js';
export { KERNEL_HEX } from './kernelBytes.js';
export { placeLinear } from './linearPlan.js';
