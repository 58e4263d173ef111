"""Bytes of a text file → text, by a fixed ladder: BOM, strict UTF-8, declared Big5, strict GB18030.

No statistics: charset detectors misread real GBK files. GB18030 accepts almost every byte string, so its result (and Big5's)
must hold a word that yearbooks print; UTF-8 must hold a Han letter, or nothing that GB18030 would turn into such a word.
Damage that decoding hides (U+FFFD, private-use letters, 锟斤拷, NUL) is an `UnreadableFile`. Does not open files.
"""

import codecs
import re

from qdlib.reading.errors import UnreadableFile

BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Words of headers, stubs, units, industries and places in statistical tables. A closed list: two letters at least, so that
# no chance pair of bytes from another script meets one.
WORDS = frozenset(
    """年份 年末 年底 年度 主要年份 历年 以来 上年 增长 合计 总计 小计 平均 其中 单位 指标 指数 项目 名称 地区 城市 全国
    全省 全市 市区 市辖 县市 郊区 城区 城镇 农村 乡村 乡镇 街道 生产总值 总值 总产值 增加值 产值 产业 第一产业 第二产业
    第三产业 国内生产 当年价格 可比价格 不变价格 亿元 万元 万人 万吨 万户 万美元 亿美元 人均 人口 总人口 户数 人数 性别
    男性 女性 出生 死亡 自然增长 常住 户籍 就业 从业 职工 在岗 工资 劳动 农业 林业 牧业 渔业 农林牧渔 工业 建筑业 运输
    邮电 邮政 电信 批发 零售 住宿 餐饮 金融 保险 房地产 旅游 教育 卫生 文化 体育 科学 技术 社会 经济 财政 收入 支出 税收
    预算 存款 贷款 储蓄 余额 投资 固定资产 消费 消费品 社会消费 贸易 进口 出口 进出口 外资 外商 合同 实际利用 利用外资
    港口 吞吐量 货物 货运 客运 集装箱 公路 铁路 民航 能源 电力 用电 用水 煤炭 石油 产量 面积 耕地 播种 粮食 棉花 油料
    蔬菜 水果 肉类 水产 学校 学生 教师 医院 床位 医生 环境 气温 降水 降水量 日照 气象 湿度 空气 企业 单位数 国有 集体
    私营 个体 规模以上 重工业 轻工业 制造业 采矿业 住户 居民 家庭 可支配 生活 消费支出 价格 物价 商品 服务 食品 比重
    构成 结构 比例 速度 发展速度 统计 年鉴 资料 来源 说明 注释 续表 公报 数据 数据库 时间 北京 天津 上海 重庆 河北 山西
    山东 青岛 济南 江苏 浙江 广东 四川 湖北 湖南 河南 辽宁 吉林 福建 江西 安徽 陕西 甘肃 云南 贵州 海南 宁波 绍兴 威海
    烟台 农村居民 城镇居民""".split()
)
DAMAGE = re.compile(r"[\ufffd\ue000-\uf8ff]|锟斤拷|锟\ue5e5|烫烫烫|\x00")
HAN = re.compile(r"[\u3400-\u9fff]")


def decode_text(data: bytes, file: str, declared: str | None = None) -> tuple[str, str]:
    """Text and name of its encoding. Raises UnreadableFile where no rung of the ladder holds."""
    for bom, name in BOMS:
        if data.startswith(bom):
            return _sound(_strict(data, name, file), file, name), name.removesuffix("-sig")
    if b"\x00" in data:
        raise UnreadableFile(
            f"{file}: a NUL byte at offset {data.index(0)} without byte order mark: not a text table; "
            "save it again as UTF-8 CSV or as xlsx"
        )
    text = _try(data, "utf-8")
    if text is not None and (HAN.search(text) or data.isascii() or not _yearbook_words(_try(data, "gb18030"))):
        return _sound(text, file, "utf-8"), "utf-8"
    if (declared or "").lower().startswith("big5"):
        text = _try(data, "big5")
        if text is not None and _yearbook_words(text):
            return _sound(text, file, "big5"), "big5"
    text = _try(data, "gb18030")
    if text is not None and _yearbook_words(text):
        return _sound(text, file, "gb18030"), "gb18030"
    raise UnreadableFile(
        f"{file}: neither UTF-8 nor, with any word that a yearbook prints, GB18030; first bytes {data[:16].hex(' ')}; "
        "find out the encoding and save the file as UTF-8"
    )


def _strict(data: bytes, name: str, file: str) -> str:
    try:
        return data.decode(name)
    except UnicodeDecodeError as fault:
        raise UnreadableFile(
            f"{file}: byte order mark says {name}, but offset {fault.start} does not decode; save it again"
        ) from fault


def _try(data: bytes, name: str) -> str | None:
    try:
        return data.decode(name)
    except UnicodeDecodeError:
        return None


def _yearbook_words(text: str | None) -> bool:
    if text is None:
        return False
    bare = re.sub(r"[ \t\u3000\xa0]", "", text)
    return any(word in bare for word in WORDS)


def _sound(text: str, file: str, name: str) -> str:
    found = DAMAGE.search(text)
    if found:
        line = text.count("\n", 0, found.start()) + 1
        around = text[max(0, found.start() - 5) : found.start() + 5]
        raise UnreadableFile(
            f"{file}: damaged text {around!r} in line {line} (read as {name}): the file was once saved in a wrong encoding; "
            "get an undamaged copy"
        )
    return text
