#!/usr/bin/env bash
# Sees to the system packages that the browser tests need; installs them where it may, else says how.
set -u
missing=()
command -v chromium >/dev/null || missing+=(chromium)
fc-list :lang=zh 2>/dev/null | grep -q . || missing+=(fontconfig fonts-noto-cjk)
[ ${#missing[@]} -eq 0 ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "安装浏览器测试要用的系统包：${missing[*]}……"
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null && exit 0
fi
echo "浏览器测试缺系统包，先跳过并在最后点名。要跑它们，请执行：sudo apt-get install ${missing[*]}" >&2
