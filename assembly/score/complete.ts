/** The kernel with SIMD and all its entries in one module, for engines that compile nothing and take one module. */
export * from './index';
export * from './extra';
