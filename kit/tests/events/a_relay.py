"""A relay in a process of its own, for tests that kill or freeze it: database, brokers, service."""

import asyncio
import sys

from kit.bus import Bus
from kit.relay import Relay

url, bootstrap, service = sys.argv[1:]
asyncio.run(Relay(url, Bus(bootstrap), service).run())
