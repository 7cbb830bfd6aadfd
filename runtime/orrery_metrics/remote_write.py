"""Prometheus remote write 1.0: series as a `prometheus.WriteRequest`, compressed as one block of Snappy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import cramjam
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

CONTENT = {
    "Content-Type": "application/x-protobuf",
    "Content-Encoding": "snappy",
    "X-Prometheus-Remote-Write-Version": "0.1.0",
    "User-Agent": "orrery-metrics",
}
_FIELD = descriptor_pb2.FieldDescriptorProto
_MESSAGES = {
    "Label": (("name", 1, _FIELD.TYPE_STRING, ""), ("value", 2, _FIELD.TYPE_STRING, "")),
    "Sample": (("value", 1, _FIELD.TYPE_DOUBLE, ""), ("timestamp", 2, _FIELD.TYPE_INT64, "")),
    "TimeSeries": (("labels", 1, _FIELD.TYPE_MESSAGE, "Label"), ("samples", 2, _FIELD.TYPE_MESSAGE, "Sample")),
    "WriteRequest": (("timeseries", 1, _FIELD.TYPE_MESSAGE, "TimeSeries"),),
}
"""Of https://github.com/prometheus/prometheus/blob/main/prompb: the fields that a sender needs; messages in fields are repeated."""


def encode(values: Mapping[str, float], labels: Mapping[str, str], *, milliseconds: int) -> bytes:
    """The body of one request: each series with one sample; receivers want labels sorted by name."""
    request = _WriteRequest()
    for name, value in values.items():
        series = request.timeseries.add()
        for label, text in sorted({**labels, "__name__": name}.items()):
            series.labels.add(name=label, value=text)
        series.samples.add(value=value, timestamp=milliseconds)
    return bytes(cramjam.snappy.compress_raw(request.SerializeToString()))


def _declared() -> Any:
    file = descriptor_pb2.FileDescriptorProto(name="orrery/remote.proto", package="prometheus", syntax="proto3")
    for message, fields in _MESSAGES.items():
        declared = file.message_type.add(name=message)
        for name, number, kind, of in fields:
            label = _FIELD.LABEL_REPEATED if of else _FIELD.LABEL_OPTIONAL
            field = declared.field.add(name=name, number=number, type=kind, label=label)
            if of:
                field.type_name = f".prometheus.{of}"
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("prometheus.WriteRequest"))


_WriteRequest = _declared()
