"""Two-sample and independence tests: labels coded prequentially, a saving of k bits being an e-value of 2**k."""

from codelength.tasks.distinguish.coding import NOTHING, LabelCoding
from codelength.tasks.distinguish.exchangeable import distinguish, independence, paired
from codelength.tasks.distinguish.result import Distinction

__all__ = ["NOTHING", "Distinction", "LabelCoding", "distinguish", "independence", "paired"]
