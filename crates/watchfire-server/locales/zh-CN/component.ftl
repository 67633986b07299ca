component-below = 逐个版本列出包含某一软件包的全部发布版本。
component-package = 软件包
component-package-help = 生态与名称，例如 `maven/org.apache.logging.log4j:log4j-core`，也可以是 purl 或名称的一部分。
component-ask = 请输入软件包，查询哪些发布版本包含它，以及它有哪些已知漏洞。
component-none = 根据现有 SBOM，没有发布版本包含该软件包。
component-none-why = 缺少 SBOM 的发布版本仍可能包含它，请在“产品”页面查看缺少 SBOM 的版本。
component-similar = 名称相近的软件包
component-in-releases =
    { $count ->
       *[other] { $shown } 个发布版本包含该组件
    }
component-more-releases =
    { $count ->
       *[other] 另有 { $shown } 个
    }
component-every-version = 全部版本
component-known = 已知漏洞
component-known-none = 已知的安全公告均未涉及该组件。
