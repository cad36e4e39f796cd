#!/usr/bin/env bash
# Sees to the system packages that the browser tests and the PDF of the notice need; installs them where it may, else says how.
set -u
missing=()
command -v chromium >/dev/null || missing+=(chromium)
fc-list :lang=zh 2>/dev/null | grep -q . || missing+=(fontconfig fonts-noto-cjk)
ldconfig -p 2>/dev/null | grep -q libpangoft2-1.0 || missing+=(libpango-1.0-0 libpangoft2-1.0-0)
[ ${#missing[@]} -eq 0 ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "安装浏览器测试和告知单 PDF 要用的系统包：${missing[*]}……"
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null && exit 0
fi
echo "浏览器测试或告知单 PDF 缺系统包，先跳过并在最后点名。要用，请执行：sudo apt-get install ${missing[*]}" >&2
