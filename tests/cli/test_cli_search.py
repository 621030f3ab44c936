"""search: the program in readable form, its price beside other codes, K(y | x) with --given."""

from pathlib import Path

from cli.conftest import Run


def test_it_shows_the_program_and_its_price(run: Run, tmp_path: Path) -> None:
    (tmp_path / "y").write_bytes(bytes(t * t % 256 for t in range(300)))
    ran = run("search", "y", "--seconds", "1", "--report", "page.html")
    assert "y[t] = t * t" in ran.out
    assert "K(y) at most" in ran.out
    assert all(code in ran.out for code in ("zlib", "lzma", "ppmd", "cm"))
    assert max(map(len, ran.out.splitlines())) <= 80
    assert "t * t" in (tmp_path / "page.html").read_text(encoding="utf-8")


def test_it_is_one_json_object(run: Run, tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(bytes(range(200, 100, -1)) * 2)
    (tmp_path / "y").write_bytes((tmp_path / "x").read_bytes()[::-1])
    record = run("search", "y", "--given", "x", "--seconds", "1", "--json").json
    assert record["command"] == "search"
    assert record["given_bytes"] == 200
    parts = record["length_bits"] + record["program_bits"] + record["residual_bits"]
    assert record["k_at_most"]["kind"] == "upper"
    assert abs(record["k_at_most"]["bits"] - parts) < 1e-6
    assert record["raw_bits"]["bits"] == 1600
    assert set(record["codes"]) == {"zlib", "lzma", "ppmd", "cm"}
    assert sum(one["symbols"] for one in record["programs"]) == 200
    mixed = run("bits", "y", "--given", "x", "--code", f"{record['programs'][0]['code']}+kt", "--json").json
    assert mixed["rows"][0]["bits"]["bits"] < 100


def test_what_is_found_is_compressed_and_comes_back(run: Run, tmp_path: Path) -> None:
    data = bytes(t * t % 256 for t in range(3000))
    (tmp_path / "y").write_bytes(data)
    assert run("compress", "y", "--code", "search", "--rm", "--json").code == 0
    assert (tmp_path / "y.clen").stat().st_size < 100
    assert run("decompress", "y.clen").code == 0
    assert (tmp_path / "y").read_bytes() == data


def test_what_is_missing_is_one_line(run: Run) -> None:
    assert "does not exist" in run("search", "nowhere").complaint


def test_an_empty_file_is_refused_in_one_line(run: Run, tmp_path: Path) -> None:
    (tmp_path / "empty").write_bytes(b"")
    assert "is empty" in run("search", "empty").complaint
