"""Outside parts: typesetting, and the public postal service. Knows nothing of cases."""

from workflow.gateways.post import HttpPostalService, Parcel, PostalService, Tracked
from workflow.gateways.typesetting import qr_svg, render

__all__ = ["HttpPostalService", "Parcel", "PostalService", "Tracked", "qr_svg", "render"]
