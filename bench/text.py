"""Speed of the text path: the whole pipeline beside ftfy alone, on the same texts in the same run.

Without --data the texts are the seed documents, repeated; with it, what three extractors made of web pages, or with
--whole all text of the pages (residue-dev.jsonl.xz in DIR). Figures are CPU seconds of one process. --hostile adds
texts and pages that are made to be slow.
"""

from __future__ import annotations

import argparse
import itertools
import json
import lzma
import platform
import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import ftfy

import clean
from clean import Cleaner
from clean.ruleset.matcher import Matcher

SEEDS = Path(__file__).parent.parent / "seeds"
LIMIT = 4_000_000


def real_pages(folder: Path, whole: bool) -> list[str]:
    """Extractor output of web pages, or all of their text, up to LIMIT characters."""
    texts: list[str] = []
    size = 0
    with lzma.open(folder / "residue-dev.jsonl.xz", "rt", encoding="utf-8") as file:
        chosen = (page for page in map(json.loads, file) if (page["source"] == "all") == whole)
        for document in itertools.islice(chosen, 0, None, 4):
            texts.append("\n".join(part["text"] for part in document["lines"]))
            size += len(texts[-1])
            if size > LIMIT:
                break
    return texts


def seeds() -> list[str]:
    texts = [path.read_text(encoding="utf-8") for path in sorted(SEEDS.glob("*.txt"))]
    return texts * (LIMIT // 8 // sum(map(len, texts)))


def speed(texts: Iterable[str], run: Callable[[str], object]) -> float:
    """MB of UTF-8 per CPU second."""
    start = time.process_time()
    size = 0
    for text in texts:
        run(text)
        size += len(text.encode())
    return size / 1e6 / (time.process_time() - start)


def hostile() -> dict[str, str]:
    return {
        "20 MB, one line": "The quick brown fox jumps over the lazy dog. " * (20_000_000 // 45),
        "200,000 one-word lines": "\n".join(f"word{i % 977}" for i in range(200_000)),
        "1 MB of ((((": "(" * 1_000_000,
        "1 MB of [[[[": "[" * 1_000_000,
        '1 MB of {"a":': '{"a":' * 200_000,
        "1 MB of string(99999)": 'string(99999) "' * 66_000,
        "1 MB of &amp;amp;": "&amp;" * 200_000,
        "1 MB of Ã©": "Ã©" * 250_000,
        "1 MB of blanks in a line": "a" + " " * 1_000_000 + "b",
        "200,000 ticker lines": "BTC 1.5\n" * 200_000,
        "200,000 equal lines after a title": "A title of words\n" * 200_000 + "word " * 30,
    }


def hostile_pages() -> dict[str, str]:
    return {
        '1 MB of <a b="': '<a b="' * 170_000,
        "10,000 <div> in each other": "".join(f"<div>word{i} is here " for i in range(10_000)),
        "3,000 <b> in each other": "".join(f"<b>word{i} <p>" for i in range(3_000)),
        "20 MB of <div>": "<div>" * 4_000_000,
        "18 MB of script": "<script>" + 'var a="</b>";<!-- ' * 1_000_000 + "</script>",
        "20 MB of paragraphs": f"<p>{'The quick brown fox jumps over the lazy dog. ' * 5}</p>\n" * 85_000,
        "200,000 <p> in one <div>": f"<div>{''.join(f'<p>item {i}</p>' for i in range(200_000))}</div>",
    }


def scan(texts: Iterable[str]) -> tuple[float, float]:
    """Microseconds a line of the scan of all rules, while its automaton is built and once it is."""
    patterns = Matcher(Cleaner().ruleset.active).patterns
    lines = [line for text in texts for line in text.splitlines()]
    seconds = []
    for _ in range(2):
        start = time.process_time()
        for line in lines:
            patterns.match(line)
        seconds.append(time.process_time() - start)
    return 1e6 * seconds[0] / len(lines), 1e6 * seconds[1] / len(lines)


def shares(texts: Iterable[str]) -> Counter[str]:
    """CPU seconds of each part of the way of documents to their JSON, the line model apart from the other rules."""
    cleaner = Cleaner()
    spent: Counter[str] = Counter()

    def timed(name: str, run: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any) -> Any:
            start = time.process_time()
            result = run(*args)
            spent[name] += time.process_time() - start
            return result

        return call

    models = cleaner.ruleset.matcher.models
    for i, (rule, model, options) in enumerate(models):
        find = timed("line model", lambda *args, find=model.find: list(find(*args)))
        models[i] = rule, replace(model, find=find), options
    for name, stage in cleaner.stages.items():
        cleaner.stages[name] = timed(name, stage)
    whole = timed("all", lambda text: timed("to_json", cleaner.clean_text(text).to_json)())
    whole("Loads what is loaded when first used. " * 9)
    spent.clear()
    for text in texts:
        whole(text)
    spent["strip"] -= spent["line model"]
    spent["record"] = 2 * spent["all"] - spent.total()
    return spent


def first_document() -> float:
    """CPU seconds of a process that cleans one small file."""
    seed = min(SEEDS.glob("*.txt"))
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run = [sys.executable, "-m", "clean", "run", str(seed), "-o", "-", "-q", "--isolated"]
    subprocess.run(run, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--whole", action="store_true")
    parser.add_argument("--hostile", action="store_true")
    options = parser.parse_args()
    texts = real_pages(options.data, options.whole) if options.data else seeds()
    cleaners = {
        "ftfy alone": ftfy.fix_text,
        "clean, whole text path": Cleaner().clean_text,
        "clean, language off": Cleaner(language={"backend": "none"}).clean_text,
        "clean, no line model": Cleaner(ignore=["MOD001"]).clean_text,
        "clean, no rules": Cleaner(select=[]).clean_text,
        "clean, no rules, language off": Cleaner(select=[], language={"backend": "none"}).clean_text,
    }
    print(
        f"clean {clean.__version__}, Python {platform.python_version()}, one core, {sum(map(len, texts)):,} characters"
    )
    for name, run in cleaners.items():
        run("Loads what is loaded when first used. " * 9)
        print(f"{name:32}{speed(texts, run):8.2f} MB/s")
    building, built = scan(texts)
    print(f"{'scan of all rules':32}{building:8.1f} µs a line while its automaton is built, {built:.1f} µs after")
    print(f"{'a process and its first file':32}{first_document():8.2f} s")
    spent = shares(texts)
    for name, seconds in spent.most_common():
        print(f"{name:32}{seconds:8.2f} s {seconds / spent['all']:8.1%}")
    if options.hostile:
        cleaner = Cleaner()
        given = [(cleaner.clean_text, texts) for texts in hostile().items()]
        given += [(cleaner.clean_html, page) for page in hostile_pages().items()]
        for run, (name, text) in given:
            start = time.process_time()
            run(text).to_json()
            seconds = time.process_time() - start
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(f"{name:36}{seconds:8.2f} s   peak memory so far {peak:6.0f} MB")


if __name__ == "__main__":
    main()
