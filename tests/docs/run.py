#!/usr/bin/env python3
"""Is what the papers say true? Links lead somewhere, named commands exist, completions know every option, README's
commands run.

usage: tests/docs/run.py [--long]
"""
import glob
import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PROGRAM = os.path.abspath(os.environ.get("EVERLONG_PROGRAM", os.path.join(ROOT, "build/release/everlong")))
# Comments, and what keys and digests are derived with.
NOT_SAID = re.compile(r"\s*//|.*(?:constexpr std::string_view \w+ = |hmac_sha256\(.*)\"everlong ")
COMMAND_LIMIT_S = 900  # the demo may have to build first


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        return file.read()


def papers():
    return sorted(os.path.relpath(path, ROOT) for pattern in ("*.md", "docs/**/*.md", "examples/**/*.md")
                  for path in glob.glob(os.path.join(ROOT, pattern), recursive=True))


def help_of(*words):
    done = subprocess.run([PROGRAM, *words, "--help"], capture_output=True, text=True, timeout=20, check=False)
    if done.returncode != 0:
        raise AssertionError(f"everlong {' '.join(words)} --help ended with {done.returncode}: {done.stderr}")
    return done.stdout


def subcommands(text):
    """The names below a heading 'Commands' or 'Subcommands' of a --help page."""
    section = re.search(r"^\s*(?:sub)?commands:?\s*\n(.*?)(?:\n\s*\n(?=\S)|\Z)", text, re.IGNORECASE | re.DOTALL | re.MULTILINE)
    return re.findall(r"^\s{1,6}([a-z][a-z-]*)\s{2,}", section.group(1), re.MULTILINE) if section else []


def options(text):
    return set(re.findall(r"(?<![\w-])(--[a-z][a-z-]+)", text))


def options_part(text):
    """The list of options of a --help page, without the prose around it."""
    return "\n".join(line for line in text.splitlines() if re.match(r"\s*-", line))


def walk(words=()):
    """Every command path of the program with its --help page."""
    text = help_of(*words)
    yield words, text
    if len(words) < 2:
        for name in subcommands(text):
            if name != "help":
                yield from walk((*words, name))


def check_links():
    broken = []
    for paper in papers():
        text = read(paper)
        folder = os.path.dirname(os.path.join(ROOT, paper))
        targets = re.findall(r"\]\(([^)#:]+)\)", text)
        named = re.findall(r"(?<![\w/.])((?:docs|src|tests|tools|examples|completions|migrations)/[\w./-]*\w/?)(?![\w*{<])", text)
        for target in targets:
            if not os.path.exists(os.path.join(folder, target)):
                broken.append(f"{paper}: {target}")
        for target in (t for t in named if "NNNN" not in t):
            if not os.path.exists(os.path.join(ROOT, target)):
                broken.append(f"{paper}: {target}")
    assert not broken, "named, but not there: " + "; ".join(broken)


def check_commands_named_in_papers_exist():
    known = {words for words, _ in walk()}
    unknown = []
    for paper in ("README.md", "docs/operations.md", "docs/cli-json.md", "CHANGELOG.md", "examples/fastapi-app/README.md"):
        for line in re.findall(r"\beverlong ((?:serve|sandbox|status|channel|token|run|[a-z-]+)(?: [a-z]+)?)\b", read(paper)):
            words = tuple(line.split())
            in_code = re.search(r"[`\n]\s*(?:cd \S+ && )?everlong " + re.escape(line), read(paper))
            if in_code and words not in known and words[:1] not in {w for w in known if len(w) == 1}:
                unknown.append(f"{paper}: everlong {line}")
            elif in_code and len(words) == 2 and words[0] in ("channel", "token") and words not in known:
                unknown.append(f"{paper}: everlong {line}")
    assert not unknown, "no such command: " + "; ".join(unknown)


def check_commands_named_to_people_exist():
    """What a message, a finding or a page tells somebody to type."""
    known = {words for words, _ in walk()}
    with_verbs = {words[0] for words in known if len(words) == 2}
    named, unknown = 0, []
    for path in sorted(glob.glob(os.path.join(ROOT, "src", "**", "*.[ch]pp"), recursive=True) +
                       glob.glob(os.path.join(ROOT, "web/src", "**", "*.ts*"), recursive=True)):
        with open(path, encoding="utf-8") as file:
            code = "\n".join(line for line in file if not NOT_SAID.match(line))
        text = re.sub(r"[\"`']\s*\n\s*[\"`']", "", code)  # literals that go on in the next line
        for noun, verb in re.findall(r"(?<![\w/.-])everlong ([a-z][a-z-]*)(?: ([a-z][a-z-]+))?", text):
            named += 1
            words = (noun, verb) if noun in with_verbs and verb else (noun,)
            if words not in known:
                unknown.append(f"{os.path.relpath(path, ROOT)}: everlong {' '.join(words)}")
    assert not unknown, "no such command: " + "; ".join(unknown)
    assert named >= 50, f"only {named} commands are named"


def check_help_teaches():
    seen, silent = 0, []
    for words, text in walk():
        seen += 1
        assert len(text.splitlines()) >= 3, f"everlong {' '.join(words)} --help says almost nothing"
        assert "--help" in text
        assert all(len(line) <= 120 for line in text.splitlines()), f"everlong {' '.join(words)} --help is too wide"
        if len(words) == 2 or words and not subcommands(text):
            example = re.search(rf"^\s+.*everlong {' '.join(words)}\b", text, re.MULTILINE)
            if not example and words != ("sandbox",):
                silent.append(" ".join(words))
    assert not silent, "--help without an example: " + ", ".join(silent)
    assert seen >= 15, f"only {seen} --help pages were found"


def check_completions_know_every_command_and_option():
    missing = []
    for shell in ("bash", "zsh", "fish"):
        done = subprocess.run([PROGRAM, "completion", shell], capture_output=True, text=True, timeout=20, check=False)
        assert done.returncode == 0, done.stderr
        for words, text in walk():
            for name in words[-1:] + tuple(option[2:] for option in options(options_part(text))):
                if not re.search(rf"(?<![\w-])(?:--)?{name}(?![\w-])", done.stdout):
                    missing.append(f"{shell}: {' '.join(words)} {name}")
    assert not missing, "not completed: " + "; ".join(sorted(set(missing)))


def check_bash_completion_completes():
    folder = os.path.dirname(PROGRAM)
    script = (f'PATH={folder}:$PATH; source <({PROGRAM} completion bash); '
              'COMP_WORDS=(everlong channel im); COMP_CWORD=2; _everlong; echo "${COMPREPLY[@]}"; '
              'COMP_WORDS=(everlong token refresh --n); COMP_CWORD=3; _everlong; echo "${COMPREPLY[@]}"; '
              'COMP_WORDS=(everlong sta); COMP_CWORD=1; _everlong; echo "${COMPREPLY[@]}"')
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=20, check=False)
    assert done.stdout.split() == ["import", "--now", "status"], done.stdout + done.stderr


def check_error_codes_named_in_papers_exist():
    codes = set(re.findall(r'"(E_[A-Z_]+)"', read("src/base/error_code.hpp")))
    unknown = [f"{paper}: {code}" for paper in papers() for code in set(re.findall(r"\bE_[A-Z_]+\b", read(paper)))
               if code not in codes]
    assert not unknown, "no such code: " + "; ".join(unknown)


def check_readme_commands_run():
    """The blocks marked `sh` in README are run as they stand; ./run.sh itself would not end, so it stops at the build."""
    blocks = re.findall(r"```sh\n(.*?)```", read("README.md"), re.DOTALL)
    assert len(blocks) >= 2, "README shows no commands to run"
    for block in blocks:
        command = block.strip().replace("./run.sh\n", "./run.sh --build-only\n")
        command = "./run.sh --build-only" if command == "./run.sh" else command
        done = subprocess.run(["bash", "-euo", "pipefail", "-c", command], cwd=ROOT, capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, timeout=COMMAND_LIMIT_S, check=False)
        assert done.returncode == 0, f"{command} ended with {done.returncode}:\n{done.stdout[-2000:]}{done.stderr[-2000:]}"


def check_build_only_prints_the_program_last():
    done = subprocess.run(["./run.sh", "--build-only"], cwd=ROOT, capture_output=True, text=True, timeout=COMMAND_LIMIT_S,
                          stdin=subprocess.DEVNULL, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "build/release/everlong", done.stdout


def main():
    if "-h" in sys.argv or "--help" in sys.argv:
        print(__doc__.strip())
        return 0
    passed = failed = 0
    for name, check in list(globals().items()):
        if not name.startswith("check_"):
            continue
        try:
            check()
            passed += 1
            print(f"ok     {name[6:].replace('_', ' ')}", flush=True)
        except (AssertionError, OSError, subprocess.TimeoutExpired) as problem:
            failed += 1
            print(f"FAILED {name[6:].replace('_', ' ')}: {problem}", flush=True)
    print(f"{passed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
