component-below = 逐个版本列出包含某一软件包的全部发布版本，以及由此受到的影响。
component-package-help = 名称的开头，例如 `log4j`；purl，例如 `pkg:maven/org.apache.logging.log4j/log4j-core`；或生态与名称，例如 `maven/org.apache.logging.log4j:log4j-core`。
component-wrong = 不是有效的软件包：请写成 pkg:类型/名称，或至少输入名称开头的两个字符
component-known = 由此受到的影响
component-known-none = 已知的安全公告未使本单位因该组件受到影响。
component-known-more =
    { $count ->
       *[other] 另有 { $shown } 个
    }
component-package = 软件包
component-ask = 请输入软件包，查询哪些发布版本包含它，以及它有哪些已知漏洞。
component-none = 根据现有 SBOM，没有发布版本包含该软件包。
component-none-why = 缺少 SBOM 的发布版本仍可能包含它，请在“产品”页面查看缺少 SBOM 的版本。
component-more-releases =
    { $count ->
       *[other] 另有 { $shown } 个
    }
component-every-version = 全部版本
component-named = 名称以此开头的软件包
component-named-more = 还有更多，请输入更完整的名称。
