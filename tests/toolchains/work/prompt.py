"""Does with the tools at the prompt what people do: commits, fetches, filters, packs, splits."""

import json
import os
import subprocess
import tempfile
from pathlib import Path


def run(*argv, text=None):
    done = subprocess.run(argv, input=text, capture_output=True, text=True, check=False)
    return done.stdout if done.returncode == 0 else f"{argv[0]}: {done.returncode}: {done.stderr}"


def git():
    run("git", "init", "--quiet", "repository")
    Path("repository/data.csv").write_text("a,b\n1,2\n")
    run("git", "-C", "repository", "add", "data.csv")
    who = ("-c", "user.name=Prover", "-c", "user.email=prover@example.org")
    run("git", "-C", "repository", *who, "commit", "--quiet", "--message=Add data")
    return run("git", "-C", "repository", "log", "--format=%an: %s", "--name-only").split("\n")


def packed(tool):
    Path("plain").write_text("burnish\n" * 1000)
    run(tool, "--keep", "--force", "plain")
    suffix = {"xz": "xz", "bzip2": "bz2", "zstd": "zst"}[tool]
    small = Path(f"plain.{suffix}").stat().st_size
    return small < 1000 and run(tool, "--decompress", "--stdout", f"plain.{suffix}").count(
        "burnish"
    )


def tmux():
    run("tmux", "-L", "check", "-f", "/dev/null", "new-session", "-d", "-s", "work", "sleep 30")
    listed = run("tmux", "-L", "check", "list-sessions", "-F", "#{session_name}").strip()
    run("tmux", "-L", "check", "kill-server")
    return listed


def main():
    os.chdir(tempfile.mkdtemp())
    Path("rows.json").write_text(json.dumps([{"n": n} for n in range(10)]))
    fetched = run("curl", "--silent", "--show-error", f"file://{Path('rows.json').resolve()}")
    Path("source").mkdir()
    Path("source/file").write_text("moved")
    run("rsync", "--archive", "source/", "copy/")
    print(
        json.dumps(
            {
                "git": [line for line in git() if line],
                "jq": run("jq", "[.[].n] | add", text=fetched).strip(),
                "packed": {tool: packed(tool) for tool in ("xz", "bzip2", "zstd")},
                "rsync": Path("copy/file").read_text() if Path("copy/file").exists() else "",
                "tmux": tmux(),
                "file": run("file", "--brief", "--mime-type", "rows.json").strip(),
            }
        )
    )


main()
