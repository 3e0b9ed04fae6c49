"""Reads OpenMetrics text from standard input, as strictly as Prometheus's own client does, and
prints each sample in a line: the name, the labels in JSON, the value."""

import json
import sys

from prometheus_client.openmetrics.parser import text_string_to_metric_families

for family in text_string_to_metric_families(sys.stdin.read()):
    for sample in family.samples:
        labels = json.dumps(sample.labels, sort_keys=True, separators=(',', ':'))
        print(sample.name, labels, sample.value, sep='\t')
