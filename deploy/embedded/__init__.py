"""PostgreSQL and Kafka as child processes of this program, each under a data folder and on a loopback port.

Two child processes and two addresses, nothing else: what connects to them cannot tell them from a managed
database and a cluster. They stop with the program, even when it is killed. As root they run as `nobody`.
"""

from deploy.embedded.cannot_start import CannotStart
from deploy.embedded.folder import data_folder
from deploy.embedded.kafka import Kafka, embedded_kafka
from deploy.embedded.postgres import Postgres, embedded_postgres

__all__ = ["CannotStart", "Kafka", "Postgres", "data_folder", "embedded_kafka", "embedded_postgres"]
