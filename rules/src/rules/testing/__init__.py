"""Whole, valid sheets and packages to start from in tests and demonstrations. Invented people; not for production."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from rules.calendar import HANOI
from rules.samples import whole_sheet
from rules.testing.broken import BrokenDossier, broken_dossiers
from rules.testing.dossiers import SampleDossier, day_of_filing, whole_dossier

__all__ = [
    "HOSPITAL",
    "OFFICE_ID",
    "PROCEDURE_ID",
    "BrokenDossier",
    "SampleDossier",
    "a_device_sheet",
    "a_staff_row",
    "a_staff_sheet",
    "an_application",
    "at",
    "broken_dossiers",
    "day_of_filing",
    "some_files",
    "some_sheets",
    "whole_dossier",
    "whole_sheet",
]

HOSPITAL = "Bệnh viện Đa khoa tỉnh Mẫu"
PROCEDURE_ID = "xray-licence-new-2021"
OFFICE_ID = "demo-dost"
_DECLARANT = {
    "applicant_name": HOSPITAL,
    "contact_address": "Số 10 đường Sức Khỏe, thành phố Mẫu",
    "phone": "0200 3 111 222",
    "email": "xquang@benhvien.example",
}
_DEVICES: Mapping[str, tuple[str, str]] = {
    "ct": ("Máy chụp cắt lớp vi tính", "chụp cắt lớp vi tính"),
    "general": ("Máy X-quang tổng hợp", "chụp tổng hợp"),
    "dental": ("Máy X-quang răng", "chụp răng"),
    "mammography": ("Máy X-quang vú", "chụp vú"),
    "mobile": ("Máy X-quang di động", "chụp tổng hợp"),
    "bone_densitometry": ("Máy đo mật độ xương", "đo mật độ xương"),
    "fluoroscopy": ("Máy X-quang tăng sáng", "soi/chụp tăng sáng truyền hình"),
    "pet_ct": ("Hệ PET/CT", "chụp cắt lớp vi tính"),
}


def at(text: str) -> datetime:
    """A moment in Vietnam from "2025-03-13 10:00"."""
    return datetime.fromisoformat(text).replace(tzinfo=HANOI)


def an_application(**changed: Any) -> dict[str, Any]:
    """A whole F142-IV-01 for one CT and two general machines."""
    return {
        "addressee": "Sở Khoa học và Công nghệ tỉnh Mẫu",
        "applicant_name": HOSPITAL,
        "address": "Số 10 đường Sức Khỏe, thành phố Mẫu",
        "phone": "0200 3 111 222",
        "email": "xquang@benhvien.example",
        "head_name": "Trần Thị Mẫu",
        "head_title": "Giám đốc",
        "head_id_number": "001180000001",
        "work_description": "Sử dụng 03 thiết bị X-quang chẩn đoán trong y tế",
        "device_total": 3,
        "attachments": [{"name": "Phiếu khai báo thiết bị"}, {"name": "Báo cáo đánh giá an toàn"}],
        "pledge": True,
        "place_date": "Mẫu, ngày 03 tháng 3 năm 2025",
        **changed,
    }


def a_staff_row(**changed: Any) -> dict[str, Any]:
    return {
        "full_name": "Lê Văn Mẫu",
        "birth_year": 1990,
        "sex": "Nam",
        "training_cert_no": "ATBX-0456",
        "training_cert_date": "2024-05-20",
        "training_cert_issuer": "Trung tâm đào tạo Mẫu",
        "specialty": "Kỹ thuật hình ảnh y học",
        "duty": "Vận hành thiết bị X-quang",
        **changed,
    }


def a_staff_sheet(**changed: Any) -> dict[str, Any]:
    """A whole F142-III-01: a safety officer with a certificate, and one more member of the staff."""
    return {
        **_DECLARANT,
        "so_full_name": "Phạm Thị Mẫu",
        "so_birth_date": "1985-02-14",
        "so_sex": "Nữ",
        "so_id_number": "001185000002",
        "so_id_issue_date": "2021-06-01",
        "so_id_issuer": "Cục Cảnh sát quản lý hành chính về trật tự xã hội",
        "so_specialty": "Vật lý y khoa",
        "so_department": "Khoa Chẩn đoán hình ảnh",
        "so_phone": "0912 345 678",
        "so_appointment_no": "12/QĐ-BV",
        "so_appointment_date": "2024-01-15",
        "so_training_cert_no": "ATBX-0123",
        "so_training_cert_date": "2023-10-10",
        "so_training_cert_issuer": "Trung tâm đào tạo Mẫu",
        "so_worker_cert_no": "123/CCNV",
        "so_worker_cert_date": "2023-12-01",
        "so_worker_cert_issuer": "Sở Khoa học và Công nghệ tỉnh Mẫu",
        "staff_total": 1,
        "staff_rows": [a_staff_row()],
        "place": "Mẫu",
        "date": "2025-03-03",
        **changed,
    }


def a_device_sheet(kind: str = "ct", serial_no: str = "SN-0001", **changed: Any) -> dict[str, Any]:
    """A whole F142-III-07 for one device of a kind of the fee table."""
    name, purpose = _DEVICES[kind]
    return {
        **_DECLARANT,
        "device_name": name,
        "model": "Mẫu-64",
        "manufacturer_country": "Hãng Mẫu, Nhật Bản",
        "year_made": 2022,
        "serial_no": serial_no,
        "max_kv": 140,
        "max_ma": 500,
        "mobility": "cố định",
        "install_location": "Phòng số 3, Khoa Chẩn đoán hình ảnh",
        "purpose": purpose,
        "device_type": kind,
        "tube_model": "Bóng-7",
        "tube_manufacturer": "Hãng Mẫu, Nhật Bản",
        "tube_year": 2022,
        "tube_serial": f"B-{serial_no}",
        **changed,
    }


def some_sheets(*kinds: str) -> dict[str, list[dict[str, Any]]]:
    """The three forms of a licence for devices of these kinds; one CT and two general machines if none are named."""
    wanted = kinds or ("ct", "general", "general")
    return {
        "F142-IV-01": [an_application(device_total=len(wanted))],
        "F142-III-01": [a_staff_sheet()],
        "F142-III-07": [a_device_sheet(kind, f"SN-{n:04}") for n, kind in enumerate(wanted, 1)],
    }


def some_files(devices: int = 3, staff: int = 2) -> dict[str, int]:
    """How many files each uploaded component needs for so many devices and members of staff."""
    return {
        "establishment": 1,
        "officer-certificate": 1,
        "training-certificates": staff,
        "manufacturer-papers": 1,
        "inspection-certificates": devices,
        "safety-assessment": 1,
        "radiation-survey": 1,
        "emergency-plan": 1,
    }
