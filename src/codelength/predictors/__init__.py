"""Integer sequential predictors, compiled by Numba: the portable tier. Imports core and coding."""
