"""The tables in the texts are the stored ones."""

from typer.testing import CliRunner

from core.cli import app
from core.cli.board import BEGIN, END, markdown, recipe_table
from core.evaluate.board.leaderboard import load_leaderboard, rank
from core.settings import PROJECT, Settings

TABLE = markdown(Settings().models_dir)


def test_readme_shows_what_is_stored():
    assert f"{BEGIN}\n{TABLE}{END}" in (PROJECT / "README.md").read_text()


def test_models_readme_shows_how_each_run_was_made():
    table = recipe_table(Settings().models_dir)
    assert f"{BEGIN}\n{table}{END}" in (PROJECT / "models" / "README.md").read_text()
    assert table.count("\n") > 2


def test_every_row_of_both_boards_is_there_with_its_figure():
    for protocol in ("unseen-patients", "official"):
        for ranked in rank(load_leaderboard(Settings().models_dir, protocol), "accuracy"):
            line = next(
                row
                for row in TABLE.splitlines()
                if row.startswith(f"| {ranked.row.title} | {ranked.row.kind} |")
            )
            assert ranked.figure.value is not None
            digits = 2 if ranked.row.kind == "reported" else 1
            assert f" {100 * ranked.figure.value:.{digits}f} " in line


def test_the_command_prints_it_and_renews_only_what_is_between_the_marks(tmp_path):
    assert CliRunner().invoke(app, ["leaderboard"]).stdout == TABLE
    text = tmp_path / "text.md"
    text.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")
    CliRunner().invoke(app, ["leaderboard", "--into", str(text)])
    assert text.read_text() == f"before\n{BEGIN}\n{TABLE}{END}\nafter\n"
