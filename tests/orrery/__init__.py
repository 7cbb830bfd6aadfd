"""Tests of the shared layer, file by file."""
