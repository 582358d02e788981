"""What each reading of the law that takes part in a due time means, in a sentence for people. Words only."""

from collections.abc import Mapping

READINGS_VI: Mapping[str, str] = {
    "R02": "Thời hạn bắt đầu theo quy tắc của thủ tục, từ lúc hồ sơ hoặc tiền đến, không từ lúc cán bộ bấm nút",
    "R03": "Ngày bắt đầu không tính; ngày thứ nhất là ngày kế tiếp",
    "R04": "Giờ đến hạn theo giờ bắt đầu; nếu ngày cuối là ngày nghỉ thì hết buổi cuối của ngày làm việc kế tiếp",
    "R07": "Được hẹn lại một lần, chậm nhất một ngày trước ngày hẹn; ngày hẹn lần đầu vẫn được giữ",
    "R08": "Bổ sung sau khi tiếp nhận: tính lại toàn bộ thời hạn, hoặc tính tiếp phần còn lại, theo thủ tục",
    "T03": "Hồ sơ trực tuyến đến ngoài giờ được tính từ đầu giờ làm việc kế tiếp",
    "X03": "“Ngay khi nhận” được hiểu là trong cùng ngày làm việc",
}
