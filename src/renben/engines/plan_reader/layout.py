"""What a page adds to a text: page numbers, running headers, and line ends in mid-sentence."""

import re

PAGE_NUMBER = re.compile(
    r"\s*(?:[—–\-－·•~]\s*\d{1,4}\s*[—–\-－·•~]|\d{1,4}\s*/\s*\d{1,4}|第\s*\d{1,4}\s*[页頁](?:[,，\s]*共\s*\d{1,4}\s*[页頁])?|\d{1,4})\s*"
)
ITEM = re.compile(
    r"\s*(?:第[一二三四五六七八九十百零〇\d]{1,5}[编編篇章节節条條部]|[一二三四五六七八九十百]{1,4}\s*[、.．]|[（(][一二三四五六七八九十百\d]{1,4}[）)]"
    r"|\d{1,3}(?:[、．]|\.(?!\d)|[)）])|[①-⑳]|附件|附錄|附录|专栏|專欄|(?:责任|責任|牵头|牽頭|配合|参与|參與)(?:单位|單位|部门|部門))"
)


def is_page_number(text: str) -> bool:
    """Whether a line of a page is nothing but a page number."""
    return PAGE_NUMBER.fullmatch(text) is not None


def starts_item(text: str) -> bool:
    """Whether a line begins with a number or word that opens a new paragraph."""
    return ITEM.match(text) is not None
