"""Presidio's recognisers over one text: how long they take, and which of the planted values they find.

Usage: presidio.py default|all TEXT VALUES
Prints `{"milliseconds": …, "found": …, "planted": …, "entities": …}`: the median of nine passes after the first, the
planted values that lie within what was found, and everything that was found. `all` adds the pattern
recognisers of every country to those that English comes with. There is no language model in either: words
are told apart by a blank tokeniser, which the words of context need."""

import inspect
import json
import statistics
import sys
import time

import spacy
import tldextract
from presidio_analyzer import AnalyzerEngine, PatternRecognizer, RecognizerRegistry, predefined_recognizers
from presidio_analyzer.nlp_engine import SpacyNlpEngine
from spacy.language import Language

# Without a look at the network for a newer list of top-level domains.
tldextract.extract = tldextract.TLDExtract(suffix_list_urls=())


@Language.component("lower_case_lemmas")
def lower_case_lemmas(doc):
    for token in doc:
        token.lemma_ = token.text.lower()
    return doc


class BlankEngine(SpacyNlpEngine):
    def __init__(self):
        super().__init__()
        blank = spacy.blank("en")
        blank.add_pipe("lower_case_lemmas")
        self.nlp = {"en": blank}


def registry(which):
    found = RecognizerRegistry(supported_languages=["en"])
    found.load_predefined_recognizers(languages=["en"])
    found.recognizers = [one for one in found.recognizers if "Spacy" not in type(one).__name__]
    if which == "all":
        known = {type(one) for one in found.recognizers}
        for _, kind in sorted(inspect.getmembers(predefined_recognizers, inspect.isclass)):
            if issubclass(kind, PatternRecognizer) and kind not in known:
                try:
                    found.add_recognizer(kind(supported_language="en"))
                except TypeError:
                    pass
    return found


def main():
    which, text_file, values_file = sys.argv[1:]
    with open(text_file, encoding="utf-8") as file:
        text = file.read()
    with open(values_file, encoding="utf-8") as file:
        values = [line.rstrip("\n") for line in file if line.strip()]
    analyzer = AnalyzerEngine(registry=registry(which), nlp_engine=BlankEngine(), supported_languages=["en"])
    times = []
    for _ in range(10):
        started = time.perf_counter()
        results = analyzer.analyze(text=text, language="en")
        times.append((time.perf_counter() - started) * 1000)
    covered = [False] * len(text)
    for one in results:
        for at in range(one.start, one.end):
            covered[at] = True
    found = planted = 0
    for value in values:
        at = text.find(value)
        while at >= 0:
            planted += 1
            found += all(covered[at : at + len(value)])
            at = text.find(value, at + len(value))
    spans = {(one.start, one.end) for one in results}
    answer = {
        "milliseconds": statistics.median(times[1:]),
        "found": found,
        "planted": planted,
        "entities": len(spans),
    }
    print(json.dumps(answer))


main()
