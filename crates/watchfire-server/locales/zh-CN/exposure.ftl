exposure-open = 待处理
exposure-undecided = 无法判定
exposure-awaiting = 待第二人复核
exposure-closed = 已了结
exposure-decided = 决定于
exposure-none-open = 没有待处理项
exposure-open-count =
    { $count ->
       *[other] { $shown } 项待处理
    }
exposure-undecided-count =
    { $count ->
       *[other] { $shown } 项各来源均无法判定
    }
exposure-awaiting-count =
    { $count ->
       *[other] { $shown } 项待第二人复核
    }
exposure-exposed-count =
    { $count ->
       *[other] 涉及 { $shown } 个发布版本
    }
exposure-said-nothing = 已无来源作此说法
exposure-listed = 已被利用
exposure-listed-by = 已被利用（{ $list }）
exposure-listed-ransomware = 已被利用，含勒索软件（{ $list }）
exposure-likelihood = 30 日内被利用的概率为 { $percent } %（EPSS，百分位 { $percentile }）
exposure-title = 我们受哪些漏洞影响
exposure-vulnerabilities = 漏洞
exposure-products = 产品
exposure-components = 组件
exposure-advisories = 安全公告
exposure-rules = 自动立案规则
exposure-exposures = 受影响情况
exposure-under-investigation = 调查中
exposure-affected = 受影响
exposure-not-affected = 不受影响
exposure-fixed = 已修复
exposure-said-affected = 来源称：受影响
exposure-said-undecided = 无法判定：来源不足以得出结论
exposure-said-not-affected = 来源称：不受影响
exposure-component-not-present = 产品中不含该组件
exposure-code-not-present = 产品中不含存在漏洞的代码
exposure-code-not-in-path = 存在漏洞的代码不会被执行
exposure-code-not-controlled = 攻击者无法控制存在漏洞的代码
exposure-mitigated = 产品已内置缓解措施
exposure-basis-package = 按软件包名称匹配。
exposure-basis-ancestor = 按该组件所源自的软件包匹配：可信度较低，衍生版本可能已自行修复。
exposure-basis-cpe = 按 CPE 名称匹配：可信度较低，其所指往往多于或少于一个软件包。
exposure-level-critical = 严重
exposure-level-high = 高危
exposure-level-medium = 中危
exposure-level-low = 低危
exposure-level-none = 无
exposure-nobody = 无人负责
exposure-search = 搜索
exposure-search-clear = 显示全部
exposure-filter = 筛选
exposure-all = 全部
exposure-next = 下一页
exposure-reason = 理由
exposure-since = 始于
exposure-case = 个案
exposure-choose = 请选择
