"""What a mask shows of what people in China write down, and that no text makes it show more.

Numbers, streets and people are made up.
"""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.privacy import masking

PHONES = {
    "13800001234": "138****1234",
    "+86 138 0000 1234": "138****1234",
    "+86-138-0000-1234": "138****1234",
    "0086 138 0000 1234": "138****1234",
    "86 13800001234": "138****1234",
    "138 0000 1234": "138****1234",
    "\uff11\uff13\uff18\uff10\uff10\uff10\uff10\uff11\uff12\uff13\uff14": "138****1234",
    "013800001234": "138****1234",  # dialled from another area
    "19900001234": "199****1234",
    "010-12345678": "010-******78",
    "(010)1234 5678": "010-******78",
    "(0571)12345678": "0571-******78",
    "0571-12345678": "0571-******78",
    "0898 1234567": "0898-*****67",
    "020-12345678": "020-******78",
    "+86 10 1234 5678": "010-******78",
    "+86 (0)10 1234 5678": "010-******78",
    "+86 571 1234 5678": "0571-******78",
    "+86 21 1234 5678": "021-******78",
    "010-12345678-801": "010-*********01",
    "010-12345678转801": "010-*********01",
    "400-800-1234": "********34",
    "12345678": "******78",
    "+1 202 555 0147": "*********47",
    "12345": "****",
    "110": "****",
    "电话": "****",
    "": "****",
}
NATIONAL_IDS = {
    "990101199001010043": "9****************3",
    "99010119900101004X": "9****************X",
    "99010119900101004x": "9****************x",
    "990101 19900101 0043": "9****************3",
    "990101900101004": "9*************4",
    "\uff19\uff1901011990010100\uff14\uff13": "9****************3",
    "9901011990010100431": "****",
    "99010119900101": "****",
    "E12345678": "****",
    "9901011990010100AB": "****",
    "": "****",
}
EMAILS = {
    "zhang.san@staff.example": "z***@staff.example",
    "张三@staff.example": "张***@staff.example",
    "zs\uff20staff.example": "z***@staff.example",
    "zs@sub.staff.example": "z***@sub.staff.example",
    "z@staff.example": "****",
    "zs@localhost": "****",
    "zs@staff.example/and more": "****",
    "zs@a@staff.example": "****",
    "@staff.example": "****",
    "no mail": "****",
    "": "****",
}
ACCOUNTS = {
    "6200 0000 0000 1234": "************1234",
    "6200000000000001234": "***************1234",
    "6200-0000-0000-0123-4": "*************1234",
    "\uff16\uff12\uff10\uff10000000001234": "************1234",
    "123456789012": "********9012",
    "12345678901": "****",
    "1234": "****",
    "卡": "****",
    "": "****",
}
ADDRESSES = {
    "北京市朝阳区某某路1号": "北京市",
    "北京朝阳区某某路1号": "北京",
    "上海市 浦东新区 某某路 1 号": "上海市",
    "重庆市万州区某某街2号": "重庆市",
    "天津市某某里3号": "天津市",
    "浙江省杭州市西湖区某某路4号": "浙江省杭州市",
    "浙江杭州市西湖区某某路4号": "浙江杭州市",
    "浙江省 杭州市 西湖区": "浙江省杭州市",
    "浙江省桐庐县某某镇5号": "浙江省",
    "浙江省义乌市某某街道": "浙江省义乌市",
    "杭州市西湖区某某路4号": "杭州市",
    "广西壮族自治区南宁市青秀区": "广西壮族自治区南宁市",
    "广西南宁市青秀区": "广西南宁市",
    "内蒙古自治区锡林郭勒盟某某旗": "内蒙古自治区锡林郭勒盟",
    "新疆维吾尔自治区阿克苏地区库车市": "新疆维吾尔自治区阿克苏地区",
    "新疆维吾尔自治区克孜勒苏柯尔克孜自治州某某市": "新疆维吾尔自治区克孜勒苏柯尔克孜自治州",
    "西藏自治区拉萨市城关区": "西藏自治区拉萨市",
    "吉林省延边朝鲜族自治州延吉市某某街6号": "吉林省延边朝鲜族自治州",
    "湖北省恩施土家族苗族自治州恩施市": "湖北省恩施土家族苗族自治州",
    "湖北省仙桃市某某大道7号": "湖北省仙桃市",
    "湖北省神农架林区某某镇": "湖北省神农架林区",
    "河南省济源市某某路": "河南省济源市",
    "河南省驻马店市驿城区": "河南省驻马店市",
    "江西省景德镇市珠山区": "江西省景德镇市",
    "海南省陵水黎族自治县某某镇": "海南省陵水黎族自治县",
    "海南省定安县某某镇": "海南省定安县",
    "香港特别行政区中西区": "香港特别行政区",
    "某省某市某路1号": "某省某市",
    "人民路超市二楼": "",
    "东街菜市场旁": "",
    "某某大厦12层": "",
    "12号楼": "",
    "Somewhere Road 1": "",
    "": "",
}


def told(cases):
    return pytest.mark.parametrize(("value", "shown"), cases.items(), ids=lambda one: one or "∅")


@told(PHONES)
def test_a_phone_keeps_what_one_recognises_it_by(value, shown):
    assert masking.phone(value) == shown


@told(NATIONAL_IDS)
def test_an_identity_number_keeps_its_ends(value, shown):
    assert masking.national_id(value) == shown


@told(EMAILS)
def test_an_address_of_mail_keeps_a_letter_and_its_host(value, shown):
    assert masking.email(value) == shown


@told(ACCOUNTS)
def test_an_account_keeps_its_last_four_digits(value, shown):
    assert masking.bank_account(value) == shown


@told(ADDRESSES)
def test_an_address_is_shown_to_the_city(value, shown):
    assert masking.address(value) == shown + "****"


@pytest.mark.parametrize(
    ("value", "shown"),
    [("1990-01-31", "1990-**-**"), ("1990年1月", "****-**-**"), ("", "****-**-**")],
)
def test_a_day_is_shown_to_the_year(value, shown):
    assert masking.year(value) == shown


DIGITS = "0123456789\uff10\uff11\uff18 -+()*"
PLACES = "省市县区州盟路街号自治地北京海南湖浙江某12 "
TEXTS = st.one_of(
    st.text(max_size=40),
    st.text(DIGITS, max_size=40),
    st.text(PLACES, max_size=40),
    st.text("ab@.张 -\n", max_size=30),
    *(
        st.builds("{}{}{}".format, st.text(max_size=3), st.sampled_from(one), st.text(max_size=3))
        for one in (tuple(PHONES), tuple(NATIONAL_IDS), tuple(EMAILS), tuple(ADDRESSES))
    ),
)


def plain(text: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


def shown_of(mask: str) -> str:
    """What of the value is left in a mask."""
    return re.sub(r"[*@-]", "", mask)


@given(TEXTS)
def test_no_text_makes_a_phones_mask_show_more(value):
    mask = masking.phone(value)
    shown = shown_of(mask)

    assert re.fullmatch(r"1\d{2}\*{4}\d{4}|0\d{2,3}-\*{5,}\d{2}|\*{5,}\d{2}|\*{4}", mask)
    assert len(shown) <= 7
    assert len(shown) < max(1, len(re.sub(r"\D", "", plain(value))))


@given(TEXTS)
def test_no_text_makes_an_identity_numbers_mask_show_more(value):
    assert re.fullmatch(r"\d(\*{13}|\*{16})[\dXx]|\*{4}", masking.national_id(value))


@given(TEXTS)
def test_no_text_makes_a_mail_addresss_mask_show_more_than_a_letter_and_its_host(value):
    mask = masking.email(value)
    before, _, host = mask.partition("@")

    assert len(before.replace("*", "")) <= 1
    assert before.endswith("***")
    assert mask == "****" or plain(value).endswith(f"@{host}")
    assert re.fullmatch(r"[\w.-]*", host)


@given(TEXTS)
def test_no_text_makes_an_accounts_mask_show_more_than_four_digits(value):
    assert re.fullmatch(r"\*{8,}\d{4}|\*{4}", masking.bank_account(value))


@given(TEXTS)
def test_no_text_makes_an_addresss_mask_show_a_street_or_a_house(value):
    mask = masking.address(value)
    shown = mask.removesuffix("****")

    assert mask.endswith("****")
    assert plain(value).startswith(shown)
    assert len(shown) <= 24
    assert re.fullmatch(r"[\u4e00-\u9fff]*", shown)
    assert not set(shown) & set("路街道巷弄号村楼栋幢室")


@given(TEXTS)
def test_no_text_makes_a_days_mask_show_more_than_the_year(value):
    assert re.fullmatch(r"(\d{4}|\*{4})-\*\*-\*\*", masking.year(value))
    assert masking.nothing(value) == "***"
