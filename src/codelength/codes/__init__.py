"""Codes made of codes. Imports core and coding."""

from codelength.codes.best import Best
from codelength.codes.differenced import Differenced
from codelength.codes.gated import Gated
from codelength.codes.joint import Joint
from codelength.codes.mixture import Mixture
from codelength.codes.switching import Switching

__all__ = ["Best", "Differenced", "Gated", "Joint", "Mixture", "Switching"]
