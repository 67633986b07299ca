session-title = 登录
session-login = 用户名
session-password = 密码
session-no-account = 无须账号，也可
session-first = 首次启动
session-first-why = 尚无任何账号。请在节点所在机器上创建首位管理员：
session-failed = 用户名与密码不符
session-failed-hint = 请准确填写。同一来源多次尝试后须稍候。
