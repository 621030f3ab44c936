"""`codelength select`: which unlabelled data helps a task, and by how many bits. The main job."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from codelength.catalogue import make
from codelength.cli.files import new_file, refuse_existing
from codelength.cli.names import short_names
from codelength.cli.options import (
    DEFAULT_MAX_SIZE,
    CodeOption,
    ForceOption,
    JobsOption,
    JsonOption,
    MaxSizeOption,
    PresetOption,
    QuietOption,
    ReportOption,
    code_named,
    flag,
    not_stdout,
    read_once,
    size_of,
)
from codelength.cli.screen import Screen
from codelength.data import Document, display, read_documents, read_path, read_paths

TaskOption = Annotated[
    Path, typer.Option("--task", "-t", metavar="PATH", help="What you want to predict better; - is stdin.")
]
PoolOption = Annotated[
    list[Path],
    typer.Option("--pool", "-p", metavar="PATH...", help="Sources that may help: each PATH is one. Repeatable."),
]
MoreArgument = Annotated[
    list[Path] | None, typer.Argument(metavar="PATH", help="More sources: --pool piles/* does what it says.")
]
BudgetOption = Annotated[
    int | None,
    typer.Option(
        "--budget",
        metavar="SIZE",
        parser=size_of,
        help="Choose documents up to this size (120kB).",
        show_default="a tenth of the pool",
    ),
]
DocumentsOption = Annotated[bool, flag("--documents", help="Choose single documents: one a line, or one a JSON line.")]
FieldOption = Annotated[
    str | None,
    typer.Option("--field", metavar="NAME", help="Field of JSON lines that holds the text.", show_default="text"),
]
OutOption = Annotated[
    Path | None,
    typer.Option("--out", "-o", metavar="FILE", callback=not_stdout, help="Write the chosen documents here."),
]
SeedOption = Annotated[int, typer.Option("--seed", metavar="N", min=0, help="Seed of the resampling.")]


def select(
    task: TaskOption,
    pool: PoolOption,
    more: MoreArgument = None,
    documents: DocumentsOption = False,
    budget: BudgetOption = None,
    field: FieldOption = None,
    out: OutOption = None,
    code: CodeOption = None,
    preset: PresetOption = None,
    jobs: JobsOption = None,
    seed: SeedOption = 0,
    report: ReportOption = None,
    max_size: MaxSizeOption = DEFAULT_MAX_SIZE,
    force: ForceOption = False,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """Rank the sources of a pool by the bits that each saves on the task, and say what each next one adds.

    With --documents: choose the documents that together help most, up to a budget.
    """
    spec = code_named(code, preset)
    screen = Screen(as_json=as_json, quiet=quiet)
    paths = [*pool, *(more or [])]
    read_once(task, paths)
    if not documents:
        for option, value in (("--budget", budget), ("--field", field), ("--out", out)):
            if value is not None:
                raise typer.BadParameter(f"{option} is about single documents: add --documents")
        _sources(screen, task, paths, spec, jobs, seed, max_size, report)
        return
    if out is not None:
        refuse_existing(out, force=force)
    target = read_documents(task, field=field, max_size=max_size)
    choices = [document for path in paths for document in read_documents(path, field=field, max_size=max_size)]
    chosen = _documents(screen, display(task), target, choices, budget, spec, seed, out, report)
    if out is not None:
        _write(out, chosen, force)
        screen.note(f"{len(chosen):,} documents written to {display(out)}")


def _sources(
    screen: Screen,
    task: Path,
    paths: list[Path],
    spec: str,
    jobs: int | None,
    seed: int,
    max_size: int,
    report: Path | None,
) -> None:
    from codelength.cli.select_view import shown_on_screen, write_select_page
    from codelength.tasks import select_sources

    target = read_path(task, max_size=max_size)
    sources = read_paths(paths, max_size=max_size)
    left_out = [line for source in (target, *sources) for line in source.skipped]
    names = short_names([source.name for source in sources])
    with screen.progress() as advance:
        found = select_sources(
            target.content,
            {names[source.name]: source.content for source in sources},
            make(spec),
            jobs=jobs,
            seed=seed,
            on_progress=advance,
        )
    for warning in (*(f"left out {line}" for line in left_out), *found.warnings):
        screen.warn(warning)
    record: dict[str, Any] = {"command": "select", "task": target.name, "left_out": left_out}
    record["paths"] = {names[source.name]: source.name for source in sources}
    screen.result(record | found.as_dict(), *shown_on_screen(found, target.name))
    if report is not None:
        write_select_page(screen, report, found, target.name, title="Which data helps")


def _documents(
    screen: Screen,
    task: str,
    target: list[Document],
    pool: list[Document],
    budget: int | None,
    spec: str,
    seed: int,
    out: Path | None,
    report: Path | None,
) -> list[Document]:
    from codelength.cli.documents_view import documents_on_screen, write_documents_page
    from codelength.tasks import select_documents

    with screen.progress() as advance:
        found = select_documents(
            [document.content for document in target],
            [document.content for document in pool],
            make(spec),
            budget=budget if budget is not None else sum(len(document.content) for document in pool) // 10,
            seed=seed,
            on_progress=advance,
        )
    for warning in found.warnings:
        screen.warn(warning)
    chosen = [pool[index] for index in found.chosen]
    record: dict[str, Any] = {"command": "select", "task": task, "out": display(out) if out is not None else None}
    record |= found.as_dict()
    where = [{"source": document.source, "line": document.line} for document in chosen]
    record["documents"] = [place | pick for place, pick in zip(where, record["documents"], strict=True)]
    screen.result(record, *documents_on_screen(found, pool, task))
    if report is not None:
        write_documents_page(screen, report, found, pool, task)
    return chosen


def _write(out: Path, chosen: list[Document], force: bool) -> None:
    """The chosen documents as they stood in the pool, the most useful first."""
    with new_file(out, force=force) as sink:
        for document in chosen:
            sink.write(document.raw + b"\n")
