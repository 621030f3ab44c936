"""The shortest program that says some data: a small total language, its interpreter, and a search in it."""

from codelength.predictors.programs.program import Program, read
from codelength.predictors.programs.programmed import Programmed, programmed
from codelength.predictors.programs.search import Found, find
from codelength.predictors.programs.searched import ProgramSearch

__all__ = ["Found", "Program", "ProgramSearch", "Programmed", "find", "programmed", "read"]
