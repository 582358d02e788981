"""Real PostgreSQL and Apache Kafka on a machine that has neither, and child processes that are never left behind.

An extra (`motcua-kit[embedded]`) for one machine: demo, development, tests. Images leave it out.
"""

from kit.embedded.cluster import KafkaCluster
from kit.embedded.errors import EmbeddedError
from kit.embedded.folder import FolderLock
from kit.embedded.kafka import Kafka
from kit.embedded.ports import different_ports, free_port, http_answers, is_free, port_answers
from kit.embedded.postgres import Postgres
from kit.embedded.process import Process

__all__ = [
    "EmbeddedError",
    "FolderLock",
    "Kafka",
    "KafkaCluster",
    "Postgres",
    "Process",
    "different_ports",
    "free_port",
    "http_answers",
    "is_free",
    "port_answers",
]
