release-older = 以前的 SBOM
release-attached = 附上时间
release-done-attached = 已附上 SBOM，正在与安全公告比对
release-done-detached = 已移除 SBOM
release-refused = 该文件不是可以读取的 SBOM：{ $place }
release-refused-whole = 该文件不是可以读取的 SBOM
release-serial = 文件标识
release-told = 查看全部略过内容和问题及其位置
release-skipped-title = 略过的内容
release-problems-title = 不符合标准之处
release-erased = 该文件的内容已被删除；附上时的统计予以保留。
release-beside = 采用方式
release-beside-no = 替换已附上的 SBOM
release-beside-yes = 与已附上的 SBOM 并用：该发布版本由两者共同构成
release-add = 添加发布版本
release-change = 修改发布版本
release-retire = 停用发布版本
release-version = 版本号
release-version-help = 使用者所见的版本号，例如 7.2.1。
release-released-on = 发布日期
release-supported-until = 支持截止日期
release-unsupported = 已停止支持
release-countries = 销售国家或地区
release-countries-help = 使用两位字母代码，例如 CN DE FR；不清楚的留空。
release-no-country = 尚未说明
release-no-day = 尚未说明
release-owner-help = 仅在与产品负责人不同时填写。
release-owner-of-product = 同产品负责人
release-sbom = 软件物料清单（SBOM）
release-hole = 缺少 SBOM
release-hole-of = 由 { $name } 补齐
release-hole-of-nobody = 无人负责
release-hole-why = 无法得知该发布版本包含哪些组件，任何安全公告都无法与之匹配。请附上 SBOM。
release-components =
    { $count ->
       *[other] { $shown } 个组件
    }
release-unnamed =
    { $count ->
       *[other] { $shown } 个组件没有可供安全公告匹配的名称，无法得知其是否受影响。
    }
release-made = 生成时间
release-tools = 生成工具
release-skipped =
    { $count ->
       *[other] 略过 { $shown } 处内容
    }
release-skipped-none = 没有略过任何内容。
release-problems =
    { $count ->
       *[other] { $shown } 处不符合标准
    }
release-problems-none = 符合标准。
release-attach = 附上 SBOM
release-attach-newer = 附上更新的 SBOM
release-document = SBOM 文件
release-document-help = CycloneDX 或 SPDX，可用 gzip 或 xz 压缩。按内容而非文件名识别格式。
release-detach = 移除此 SBOM
release-detach-help = 移除后不再采用；曾经附上的记录予以保留，并改用上一份 SBOM。
release-exposed-none = 已知的安全公告均未涉及其中的组件。
release-exposed-none-so = 没有处于该状态的受影响情况。
release-exposed-unknown = 无从得知：该发布版本缺少 SBOM。
