"""Renders the fixtures with Jinja2, the engine that transformers uses, and pins its answers.

Oracle: Jinja2 3.1.6 (Python 3.11), set up as transformers does: an immutable sandbox with trim_blocks,
lstrip_blocks and loop controls; tojson without HTML escapes; raise_exception, strftime_now, a generation tag.

Run in this folder:  python3 oracle.py
Reads   snippets.txt (one template per line, '\\n' written as the two characters), conversations.json, Templates/*.jinja
Writes  snippets.json and Golden/*.json
"""
import datetime
import json
import pathlib

import jinja2
from jinja2 import nodes
from jinja2.ext import Extension
from jinja2.sandbox import ImmutableSandboxedEnvironment

NOW = datetime.datetime(2024, 7, 5, 9, 4, 3)


class Generation(Extension):
    tags = {"generation"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
        return nodes.CallBlock(self.call_method("_run"), [], [], body).set_lineno(line)

    def _run(self, caller):
        return caller()


def raise_exception(message):
    raise jinja2.exceptions.TemplateError(message)


def tojson(x, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
    return json.dumps(x, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)


ENV = ImmutableSandboxedEnvironment(
    trim_blocks=True, lstrip_blocks=True, extensions=[Generation, "jinja2.ext.loopcontrols"]
)
ENV.filters["tojson"] = tojson
ENV.globals["raise_exception"] = raise_exception
ENV.globals["strftime_now"] = lambda fmt: NOW.strftime(fmt)


def render(source, case):
    try:
        return {"output": ENV.from_string(source).render(**{"tools": None, "documents": None, **case})}
    except Exception as error:  # whatever Python raises, the interpreter has to refuse too
        return {"error": f"{type(error).__name__}: {error}"}


def main():
    here = pathlib.Path(__file__).parent
    conversations = json.loads((here / "conversations.json").read_text())
    snippets = []
    for line in (here / "snippets.txt").read_text().splitlines():
        if line and not line.startswith("##"):
            snippets.append({"template": line.replace("\\n", "\n"), **render(line.replace("\\n", "\n"), conversations["snippets"])})
    (here / "snippets.json").write_text(json.dumps(snippets, indent=1, ensure_ascii=True) + "\n")
    for path in sorted((here / "Templates").glob("*.jinja")):
        source = path.read_text()
        results = {name: render(source, case) for name, case in conversations["models"].items()}
        (here / "Golden" / f"{path.stem}.json").write_text(json.dumps(results, indent=1, ensure_ascii=True) + "\n")


main()
