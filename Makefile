# 记得住的命令只有这些。第一次会把要用的东西都装好、建好；以后只重做变了的部分。
SHELL := /bin/bash
.DELETE_ON_ERROR:
.PHONY: help run test talk guides walk impact evaluate bench simulate stale wechat ready

PY := .venv/bin/python
KNOWLEDGE := $(shell find knowledge -name '*.yml')
TRAINING := $(wildcard bot/nlu/*.yml) bot/rules.yml
RASA_PYTHON := RASA_TELEMETRY_ENABLED=false TF_CPP_MIN_LOG_LEVEL=3 SQLALCHEMY_SILENCE_UBER_WARNING=1 PYTHONWARNINGS=ignore PYTHONPATH=. .venv-rasa/bin/python

help:     ## 列出这些命令
	@grep -E '^[a-z]+: .*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

run: ready    ## 启动对话服务、应用和收件服务，Ctrl-C 全部停下
	@$(PY) serve.py

wechat: ready ## 同 make run，再起一个微信的替身：没有公众号也能在手机样子的网页上试
	@YICIBAN_WECHAT_SIM=true $(PY) serve.py

test: ready   ## 跑全部测试，缺什么先装什么
	@setup/system.sh
	@$(PY) -m pytest

talk: ready   ## 在终端里和正在运行的助手聊天
	@$(PY) -m channels.terminal

guides: .venv/ready   ## 检查全部知识文件，列出每份指南有多少待核验，证明每一种情形
	@$(PY) -m knowledge check

walk: .venv/ready     ## 打印一份指南的情形表，供牵头部门核对：make walk GUIDE=milk_tea
	@$(PY) -m consult walk $(GUIDE)

impact: .venv/ready .env   ## 改一条看全网：make impact ID=business_licence
	@$(PY) -m records impact "$(ID)"

evaluate: ready       ## 检索和理解的质量
	@$(PY) -m index evaluate
	@$(RASA_PYTHON) -m bot.evaluate var/models/dialogue.tar.gz tests/bot/held_back.yml 2>/dev/null

bench: ready var/models/stock.tar.gz   ## 检索和一轮对话的快慢，和现成的办法、原样的 Rasa 放在一起量
	@$(PY) -m index bench
	@$(PY) -m simulate.bench

simulate: ready   ## 模拟办件：编出来的人把每份指南从头办到收件编号，每份告知单都核对：make simulate COUNT=1000 SEED=1
	@$(PY) -m simulate --count $(or $(COUNT),1000) --seed $(or $(SEED),1)

stale: .venv/ready    ## 列出该核对的指南和知识点，和快要开始、到期的规定
	@$(PY) -m knowledge stale

ready: .venv/ready .venv-rasa/ready .env var/index/ready var/models/dialogue.tar.gz

.venv/ready: requirements.lock
	@setup/application.sh

.venv-rasa/ready: bot/requirements.lock | .venv/ready
	@setup/dialogue.sh

.env: | .venv/ready
	@$(PY) setup/secret.py

var/index/ready: .venv/ready $(KNOWLEDGE) $(wildcard knowledge/*.py index/*.py) | .env
	@echo "建立检索索引……"
	@mkdir -p var && $(PY) -m index build
	@touch $@

var/models/dialogue.tar.gz: .venv-rasa/ready config.yml domain.yml $(TRAINING) bot/understanding.py
	@echo "训练对话模型……"
	$(call train,config.yml,dialogue)

var/models/stock.tar.gz: .venv-rasa/ready bot/stock/config.yml domain.yml $(TRAINING)
	@echo "训练原样的 Rasa，好拿来比（很慢，只在 make bench 用）……"
	$(call train,bot/stock/config.yml,stock)

define train
	@mkdir -p var/models var/log
	@$(RASA_PYTHON) -m rasa train --domain domain.yml --config $(1) --data bot/nlu bot/rules.yml --out var/models --fixed-model-name $(2) > var/log/train.log 2>&1 \
	  || { echo "对话模型没有训练成，旧的模型没有动。原因在 var/log/train.log 的末尾。" >&2; tail -5 var/log/train.log >&2; exit 1; }
	@touch var/models/$(2).tar.gz
endef
