"""`python -m codelength` is the command line."""

from codelength.cli.main import run

if __name__ == "__main__":
    run()
