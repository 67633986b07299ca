# shellcheck shell=bash
# How scripts/test and scripts/check look at scripts, themselves included.

# shell_scripts: every shell script of this repository, NUL-separated: by first line, not by name.
shell_scripts() {
  git ls-files -z --cached --others --exclude-standard |
    xargs -0 grep -sIlZ -m 1 -E '^#!.*[/ ](ba)?sh$|^# shellcheck shell=' --
}

lint_shell() {
  shell_scripts | xargs -0 shellcheck --external-sources --source-path=SCRIPTDIR
}
