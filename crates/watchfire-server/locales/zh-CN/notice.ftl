notice-bare-subject = Watchfire 中有事项需要您处理
notice-bare-text = Watchfire 中有事项现在需要您处理。因涉及保密，本通知不作进一步说明。请登录查看：
notice-test-subject = Watchfire 测试通知
notice-test-text = 这是应请求发出的测试通知。通知可以送达此处。
notice-trouble-subject = Watchfire 无法自行完成工作
notice-trouble-text =
    Watchfire 有部分工作无法自行完成，需要人工处理：{ $row }
    请查看节点日志并运行 `watchfire doctor`。正在计时的义务见：
notice-rung = 时限已进行到应通知您的节点。
notice-not-acknowledged = 该项义务的负责人已获通知，但未在时限内确认。
notice-assigned = 该项义务已指派给您。请确认由您负责。
notice-question = 该时限所系的问题尚无答案。在有人作出决定之前，时限暂行计算。
notice-escalated = 有人未等到下一级升级，现请您介入。原因见个案经过。
notice-let-in = 升级触及链上一位未参与本个案的人员，系统已准其查看本个案。人员见个案经过。
notice-question-subject = { $provision }：有问题待决定
notice-question-open = 未决：{ $question }应于 { $due } 前决定（内部目标）。
notice-conflict = 本个案中的义务相互冲突，尚无人作出决定。决定前后，各项法定时限均继续计算。
notice-conflict-subject = { $provision }：义务相互冲突，需有人决定
notice-conflict-open = 冲突事项：{ $conflict }。{ $asks }
notice-due-subject = { $provision }：时限正在进行
notice-overdue-subject = { $provision }：已逾期
notice-undated-subject = { $provision }：进行中，尚无期限
notice-case = 个案：{ $title }（{ $id }）
notice-law = 依据：{ $provision }，{ $cites }
notice-due = 严格时限：{ $due }
notice-no-date = 严格时限：尚无；起算事实尚未发生
notice-held = 已有人负责。
notice-gap = 目前无人负责。凡能看到该个案的人均可补位。

notice-law-subject = 与您部门有关的法规修订：{ $title }
notice-law-review-subject = 法规修订待处理：{ $title }
notice-law-acknowledge = 一项法规修订已发给部门，尚未确认收悉：{ $title }。
notice-law-review = 有人提出了一项法规修订，其含义尚无人复核同意：{ $title }。
notice-law-owed = { $department }应在 { $due } 前确认收悉。
notice-law-used = 自 { $at } 起采用。
