"""The glossary: the course's terms, found by every name in either language."""

from __future__ import annotations

from collections import Counter

import pytest

from tuiexplain.course.glossary import the_glossary

TERMS = """
neuron 神经元 · feed-forward 前馈 · MLP 多层感知机 · weight 权重 · bias 偏置 · parameter 参数 ·
hyperparameter 超参数 · hidden layer 隐藏层 · fully connected 全连接层 · activation function 激活函数 ·
example 样本 · feature 特征 · label 标签 · dataset 数据集 · broadcasting 广播 · tensor 张量 ·
vectorization 矢量化 向量化 · loss 损失函数 · MSE 均方误差 · linear regression 线性回归 ·
logistic regression 逻辑回归 对数几率回归 · least squares 最小二乘 · analytic solution 解析解 ·
binary classification 二元分类 · softmax regression softmax回归 · cross-entropy 交叉熵 ·
one-hot 独热编码 · MLE 极大似然 最大似然 · accuracy 准确率 精度 ·
forward propagation 前向传播 正向传播 · backpropagation 反向传播 · chain rule 链式法则 ·
computational graph 计算图 · automatic differentiation 自动微分 · gradient 梯度 ·
partial derivative 偏导数 · gradient descent 梯度下降 · batch GD 批量梯度下降 · SGD 随机梯度下降 ·
minibatch SGD 小批量随机梯度下降 · batch size 批量大小 · epoch 轮 迭代周期 · learning rate 学习率 ·
warmup 预热 · momentum 动量法 · optimizer 优化器 · converge 收敛 · diverge 发散 ·
local minimum 局部最小值 · saddle point 鞍点 · convex 凸 · vanishing 梯度消失 · exploding 梯度爆炸 ·
clipping 梯度裁剪 梯度截断 · initialization 参数初始化 · generalization 泛化 · overfitting 过拟合 ·
underfitting 欠拟合 · training set 训练集 · validation set 验证集 · test set 测试集 ·
regularization 正则化 · weight decay 权重衰减 · early stopping 早停 · dropout 暂退法 丢弃法 ·
normalization 规范化 归一化 · batch normalization 批量规范化 · layer normalization 层规范化 层归一化 ·
residual connection 残差连接 · convolution 卷积 · cross-correlation 互相关 · kernel 卷积核 ·
padding 填充 · stride 步幅 步长 · channel 通道 · feature map 特征图 · receptive field 感受野 ·
pooling 汇聚 池化 · RNN 循环神经网络 · hidden state 隐状态 隐藏状态 · BPTT 通过时间反向传播 ·
LSTM 长短期记忆网络 · GRU 门控循环单元 · input gate 输入门 · forget gate 遗忘门 · output gate 输出门 ·
memory cell 记忆元 · encoder 编码器 · decoder 解码器 · attention 注意力机制 · query 查询 · key 键 ·
value 值 · attention weight 注意力权重 · scaled dot-product attention 缩放点积注意力 ·
self-attention 自注意力 · multi-head 多头注意力 · positional encoding 位置编码 · masked 掩蔽 掩码 ·
causal mask 因果掩码 · token 词元 · vocabulary 词表 · corpus 语料库 · BPE 字节对编码 ·
embedding 嵌入 · language model 语言模型 · masked LM 掩蔽语言模型 · autoregressive 自回归 ·
perplexity 困惑度 · pretraining 预训练 · fine-tuning 微调 · LLM 大语言模型 大模型 · SFT 监督微调 ·
instruction tuning 指令微调 · low-rank adaptation 低秩适配 · RLHF 基于人类反馈的强化学习 ·
reward model 奖励模型 · DPO 直接偏好优化 · alignment 对齐 · quantization 量化 · KV cache 键值缓存 ·
temperature 温度 · nucleus sampling 核采样 · RoPE 旋转位置编码 · scaling law 缩放定律 ·
hallucination 幻觉 · in-context learning 上下文学习 · catastrophic forgetting 灾难性遗忘
"""
"""The course's terms: English, the main Chinese name, and what else the Chinese is called."""


def listed() -> list[tuple[str, str, list[str]]]:
    """English, Chinese, aliases."""
    found = []
    for item in TERMS.replace("\n", " ").split("·"):
        words = item.split()
        at = next(i for i, word in enumerate(words) if not word.isascii())
        found.append((" ".join(words[:at]), words[at], words[at + 1 :]))
    return found


@pytest.mark.parametrize(("english", "chinese", "aliases"), listed())
def test_a_term_of_the_course_is_found_by_each_of_its_names(
    english: str, chinese: str, aliases: list[str]
) -> None:
    glossary = the_glossary()
    term = glossary.find(english)
    assert term is not None
    assert term.zh == chinese, "the main Chinese name"
    for name in (chinese, *aliases):
        assert glossary.find(name) is term, name
        assert glossary.search(name)[0] is term, name


def test_every_term_is_defined_in_both_languages() -> None:
    for term in the_glossary().terms:
        for language in ("en", "zh"):
            assert term.definition(language).strip().endswith((".", "。")), term.id
        assert term.definition("en").isascii() or "²" in term.definition("en"), term.id


def test_no_name_means_two_things() -> None:
    names = Counter(
        key
        for term in the_glossary().terms
        for key in {name.lower().replace("-", " ") for name in term.names()}
    )
    assert [name for name, count in names.items() if count > 1] == []
