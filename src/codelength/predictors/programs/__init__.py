"""The shortest program that says some data: a small total language, its interpreter, and a search in it."""

from codelength.predictors.programs.hidden import Cells, Word
from codelength.predictors.programs.program import Program
from codelength.predictors.programs.programmed import Programmed, programmed
from codelength.predictors.programs.search import Found, find
from codelength.predictors.programs.searched import ProgramSearch
from codelength.predictors.programs.syntax import read

__all__ = ["Cells", "Found", "Program", "ProgramSearch", "Programmed", "Word", "find", "programmed", "read"]
