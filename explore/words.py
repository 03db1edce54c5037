"""The words of the page in English and in Chinese."""

from ratezoo.explore.controls import Text

LANGUAGES = ('en', 'zh')

# Constants, states and formulas keep their symbols in both languages.
WORDS: dict[str, Text] = {
    'title': ('ratezoo: explore', 'ratezoo：动手试一试'),
    'model': ('Model', '模型'),
    'language': ('Language', '语言'),
    'page': ('Pages', '页面'),
    'models': ('Models', '模型'),
    'sequence': ('Homework: RTRL', '作业：RTRL'),
    'nudge': ('Equilibrium propagation', '平衡传播'),
    'rules': ('Learning rules', '学习规则'),
    'controls': ('Settings', '设置'),
    'reset': ('Reset', '恢复默认值'),
    'number': ('value', '数值'),
    'log': ('log₁₀ of', '以 10 为底的对数：'),
    'code': ('Code of what is shown', '当前图形的代码'),
    'python': ('Python', 'Python'),
    'command': ('Command line', '命令行'),
    'copy': ('Copy', '复制'),
    'copied': ('Copied', '已复制'),
    'picture': ('Portrait', '模型画像'),
    'draw': ('Draw again with these values', '用当前数值重画'),
    'wait': ('Drawing …', '正在画……'),
    'numbers': ('Numbers', '数值'),
    'error': ('This can’t be shown: ', '无法显示：'),
    'no page': ('There is no such page.', '没有这个页面。'),
    'time': ('time', '时间'),
    'input': ('constant input', '恒定输入'),
    'start': ('start of', '初始值：'),
    'plane': ('Phase plane. Click to set the start.', '相平面。点击可设定初始状态。'),
    'traces': ('States over time', '状态随时间的变化'),
    'traces of': ('States over time: the first {} of {} units', '状态随时间的变化：{1} 个单元中的前 {0} 个'),
    'spectrum at points': ('Eigenvalues of J at the fixed points', '不动点处 J 的特征值'),
    'spectrum': ('Eigenvalues of J at the end of the run', '运行结束时 J 的特征值'),
    'spectrum discrete': ('Eigenvalues of I + J at the end of the run', '运行结束时 I + J 的特征值'),
    'trajectory': ('trajectory', '轨迹'),
    'from': ('start', '起点'),
    'flow': ('direction of F', 'F 的方向'),
    'limit': ('limit of stability', '稳定边界'),
    'real': ('real part', '实部'),
    'imaginary': ('imaginary part', '虚部'),
    'eigenvalues': ('eigenvalues', '特征值'),
    'stable node': ('stable node', '稳定结点'),
    'stable focus': ('stable focus', '稳定焦点'),
    'saddle': ('saddle', '鞍点'),
    'unstable node': ('unstable node', '不稳定结点'),
    'unstable focus': ('unstable focus', '不稳定焦点'),
    'centre': ('centre', '中心'),
    'degenerate': ('degenerate', '退化'),
}


def word(name: str, lang: int) -> str:
    """A word of the page; ``lang`` is 0 (English) or 1 (Chinese)."""
    return WORDS[name][lang]
