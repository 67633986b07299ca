product-done-retired = 已停用
product-holes-title = 缺少 SBOM 的发布版本
product-no-hole = 所有发布版本均有 SBOM。
product-identifiers = 其他名称
product-identifiers-help = 他人的声明可能用来指称该产品的 purl 或 CPE 名称，每行一个。
product-list-below = 本单位提供或运行的产品、负责人及各发布版本的情况。
product-search = 产品名称
product-none-yet = 尚无产品。请先在下方添加产品，再为其添加发布版本，并为发布版本附上 SBOM。
product-none-and-no-right = 尚无产品。首个产品由管理产品清单的人员添加。
product-none-found = 没有名称相符的产品。
product-retired = 已停用
product-releases =
    { $count ->
       *[other] { $shown } 个发布版本
    }
product-holes =
    { $count ->
       *[other] { $shown } 个发布版本缺少 SBOM
    }
product-add = 添加产品
product-change = 修改产品
product-name = 名称
product-owner = 负责人
product-owner-help = 对没有单独指定负责人的发布版本负责，并负责补齐缺少的 SBOM。
product-department = 部门
product-no-department = 无
product-facing = 是否面向互联网
product-facing-help = 自动立案规则可仅针对面向互联网的产品；不确定的按面向互联网处理。
product-facing-yes = 面向互联网
product-facing-no = 不面向互联网
product-facing-unknown = 尚未说明是否面向互联网
product-description = 说明
product-releases-title = 发布版本
product-no-release = 尚无发布版本。没有发布版本，便无从得知其受影响情况。
product-not-all-known = 缺少 SBOM 的发布版本无从得知。
product-retire = 停用产品
product-retire-help = 此后不再检查其是否受影响；已有记录予以保留。
product-exposed-to = 受哪些漏洞影响
