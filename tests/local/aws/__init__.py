"""Tests of the local AWS engine."""
