"""Tests of languages: words, sentences, formats, catalogues."""
