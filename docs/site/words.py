"""The gallery's words: names, groups, what a picture shows, and a Chinese sentence for every model, rule and task.

English sentences are the first ones of the docstrings. tests/site/test_gallery.py holds that nothing is missing here.
"""

from typing import NamedTuple


class Entry(NamedTuple):
    """What is written about a model, a rule or a task beside its docstring."""

    chinese: str  # its sentence
    shows: str  # what the picture shows
    shows_chinese: str
    known_as: str = ''  # its name in the literature, where the class is called otherwise


GROUPS = {
    'trainable': '可训练的模型',
    'reduction': '从脉冲到发放率',
    'fixed point': '有不动点的模型',
    'memory': '记忆',
    'attractor': '吸引子',
    'diffusion': '扩散模型',
    'neural field': '神经场',
    'circuit': '环路',
    'population': '神经元群体',
    'oscillator': '振子',
    'exact rule of trajectories': '轨迹的精确规则',
    'approximate online rule': '近似的在线规则',
    'rule of fixed points': '不动点的规则',
    'rule of densities': '概率密度的规则',
    'trajectories': '轨迹任务',
    'data set': '数据集',
}

MODELS = {
    'LinearRNN': Entry(
        '线性发放率网络；只有一个单元时就是课程作业中的网络。',
        'One unit with its traces `p_w` and `p_b` over time, its target, and the gradient that they give.',
        '一个单元的 r 以及迹 `p_w` 和 `p_b` 随时间的变化、目标，以及由它们得到的梯度。',
    ),
    'RateRNN': Entry(
        '有输入和线性读出的循环发放率网络。',
        'The input, all units as colours over time, and three of them as curves.',
        '输入；所有单元随时间的变化（颜色），以及其中三个单元的曲线。',
    ),
    'Reservoir': Entry(
        '输出反馈回网络的混沌随机网络，用于 FORCE。',
        'The output and some units before, while and after the readout learns a periodic target by FORCE.',
        'FORCE 让读出学习一个周期目标：学习之前、学习期间和学习之后的输出和几个单元。',
    ),
    'EchoState': Entry(
        '回声状态网络：离散时间的固定随机网络，线性读出由回归得到。',
        'What a linear readout tells of the input some steps ago, for two delays and for all.',
        '线性读出还能说出多少步之前的输入：先看两种延迟，再看所有延迟。',
        'echo state network',
    ),
    'EIRateRNN': Entry(
        '由兴奋性和抑制性单元组成的网络，训练时始终满足 Dale 定律。',
        'The rates and the mean currents of excitatory and inhibitory units, and the signed weights.',
        '兴奋性和抑制性单元的发放率、平均电流，以及带符号的权重。',
        "Dale's law",
    ),
    'ElmanRNN': Entry(
        'Elman 的离散时间网络：隐藏单元读取它们自己上一步的值。',
        'The wiring, drawn step by step, beside the input, the hidden units and the output.',
        '逐步画出的连接方式，以及输入、隐藏单元和输出。',
    ),
    'SequenceToOneRNN': Entry(
        '对整个序列只给出一个答案的 Elman 网络：损失只比较最后一个输出与 y。',
        'The wiring, in which only the last output enters the loss, beside the input and the hidden units.',
        '连接方式（只有最后一个输出进入损失），以及输入和隐藏单元。',
    ),
    'JordanRNN': Entry(
        'Jordan 的离散时间网络：上一步的输出反馈回来。',
        'The wiring, in which hidden units read the last output, beside the input, the hidden units and the output.',
        '连接方式（隐藏单元读取上一步的输出），以及输入、隐藏单元和输出。',
    ),
    'LSTM': Entry(
        '长短期记忆网络（LSTM），方程与 BrainPy 的单元相同，读出是线性的。',
        'The gates of the network in a run, and one unit whose chosen weights store, keep and forget a value.',
        '一次运行中的各个门；以及一个权重特意选好的单元，它存入、保持并忘掉一个值。',
        'long short-term memory',
    ),
    'GRU': Entry(
        '门控循环单元（GRU），方程与 BrainPy 的单元相同，读出是线性的。',
        'The gates of the network in a run, and one unit whose chosen weights store, keep and forget a value.',
        '一次运行中的各个门；以及一个权重特意选好的单元，它存入、保持并忘掉一个值。',
        'gated recurrent unit',
    ),
    'SpikingPopulation': Entry(
        '带指数突触的整合发放神经元；ratezoo.reduce 给出它的发放率模型。',
        'Spikes of the neurons as dots, and their mean rate beside that of the rate model.',
        '神经元的脉冲（点），以及平均发放率与发放率模型的比较。',
        'leaky integrate-and-fire neurons',
    ),
    'SynapticRate': Entry(
        '突触和膜是两个低通滤波器的发放率模型。',
        'The full model of synapse and membrane and its two limits under one input, and the f–I curve.',
        '同一输入下，突触加膜的完整模型和它的两种极限；以及 f–I 曲线。',
    ),
    'FiringRate': Entry(
        '突触很快时的极限：只剩膜的发放率模型。',
        'The full model of synapse and membrane and its two limits under one input, and the f–I curve.',
        '同一输入下，突触加膜的完整模型和它的两种极限；以及 f–I 曲线。',
    ),
    'SynapticCurrent': Entry(
        '膜很快时的极限：只剩突触电流的发放率模型。',
        'The full model of synapse and membrane and its two limits under one input, and the f–I curve.',
        '同一输入下，突触加膜的完整模型和它的两种极限；以及 f–I 曲线。',
    ),
    'FeedforwardRate': Entry(
        '写成动力学的多层感知机；它的不动点就是输出。',
        'Layers that settle one after another, and their errors, which settle in the opposite order.',
        '各层一层接一层地稳定下来，误差则按相反的顺序稳定。',
        'multilayer perceptron',
    ),
    'PenalisedPerceptron': Entry(
        '一个隐藏层的感知机，权重带 L2 惩罚。',
        'What the penalty does to the weights and to the fit of a trained network.',
        '惩罚怎样改变训练后网络的权重和拟合。',
        'weight decay',
    ),
    'LayeredEnergyModel': Entry(
        '层间连接对称、具有能量 E 的网络，用于平衡传播。',
        'The layers and the energy, first in the free phase and then in a nudged phase.',
        '各层和能量：先是自由阶段，然后是推动阶段。',
        'continuous Hopfield energy',
    ),
    'ConvolutionalEnergyModel': Entry(
        '具有能量 E 的卷积层和一个稠密输出层，用于图像。',
        'The convolutional layers as images and the energy, in the free phase and in a nudged phase.',
        '自由阶段和推动阶段中的卷积层（画成图像）和能量。',
    ),
    'Hopfield': Entry(
        'Hopfield 网络：取值 ±1 的单元，权重对称。',
        'The stored patterns, the cue and what it becomes, the overlaps and the energy.',
        '存储的模式、线索和它变成的模式，以及重叠度和能量。',
    ),
    'ContinuousHopfield': Entry(
        '单元取连续值的 Hopfield 网络。',
        'The stored patterns, the cue and what it becomes, the overlaps and the energy.',
        '存储的模式、线索和它变成的模式，以及重叠度和能量。',
    ),
    'DenseAssociativeMemory': Entry(
        '能量更陡的 Hopfield 网络；它能存储的模式可以多于单元数。',
        'The cue and what it becomes, where a Hopfield network with the same patterns ends, and the energy.',
        '线索和它变成的模式、存储同样模式的 Hopfield 网络停在哪里，以及能量。',
    ),
    'ModernHopfield': Entry(
        '状态连续的 Hopfield 网络，它的一步就是注意力。',
        'The cue and what it becomes, the weights of the patterns in the new state, and the energy.',
        '线索和它变成的模式、各模式在新状态中的权重，以及能量。',
        'attention',
    ),
    'CANN1D': Entry(
        '环上的单元，活动形成一个波包；波包可以停在任何位置，也会跟随线索（除法抑制）。',
        'A bump on a ring that follows a cue, a faster cue that is lost, and the lag against the speed.',
        '环上的波包跟随线索；线索更快时跟不上；以及滞后随速度的变化。',
        'continuous attractor neural network',
    ),
    'AdaptiveCANN': Entry(
        '有适应的环：适应强时波包自己绕环运动，并跑在慢线索的前面。',
        'A bump that weak adaptation lets stand and strong adaptation drives around the ring, and its speed.',
        '适应弱时波包静止，适应强时波包绕环运动；以及它的速度。',
        'continuous attractor neural network with adaptation',
    ),
    'CANN2D': Entry(
        '两个方向都是周期的平面，活动波包可以停在任何位置，也会跟随线索。',
        'A bump on a sheet and its cue at five times, and their paths.',
        '平面上的波包和线索（五个时刻），以及它们的路径。',
        'two-dimensional continuous attractor neural network',
    ),
    'RingAttractor': Entry(
        '头朝向环：速度输入通过权重的导数转动波包。',
        'A bump that a velocity turns, and its angle against the integral of the velocity.',
        '速度转动的波包，以及它的角度与速度积分的比较。',
        'head-direction network',
    ),
    'LineIntegrator': Entry(
        '眼动积分器：反馈几乎抵消泄漏，时间常数变成 τ/(1 − w)。',
        'Pulses of input, and the value that is held after each of them.',
        '输入脉冲，以及每个脉冲之后保持的值。',
        'oculomotor integrator',
    ),
    'RingModel': Entry(
        '对朝向有选择性的单元组成的环；J₂ 大于 2 时，耦合本身就产生调谐。',
        'The hill of activity that a uniform input evokes, and its width.',
        '均匀输入引起的活动峰，以及它的宽度。',
        'orientation tuning',
    ),
    'ScoreDiffusion': Entry(
        '每个噪声水平都有能量 E(r, σ) 的扩散模型；沿 E 下降的带噪声的步子给出样本。',
        'Samples at five levels of noise, from a cloud to two moons, and the score at these levels.',
        '五个噪声水平上的样本，从一团云到双月形；以及这些水平上的得分。',
        'score-based diffusion model',
    ),
    'NeuralField': Entry(
        '一条皮层：活动区像波前一样扩展；周围有抑制时则停成波包。',
        'The field in space and time, the speed of fronts against the threshold, and two bumps, one of them stable.',
        '场在空间和时间中的变化、波前速度随阈值的变化，以及两个波包，其中一个稳定。',
        'Amari field',
    ),
    'ChaoticRNN': Entry(
        '随机网络，增益 g 大于 1 时是混沌的。',
        'Units below and above the gain 1, the eigenvalues, and two runs that move apart.',
        '增益小于 1 和大于 1 时的单元、特征值，以及两次逐渐分开的运行。',
    ),
    'LowRankRNN': Entry(
        '加了低秩部分的随机网络；重叠大于 1 时它变得活跃。',
        'κ below and above the overlap 1, κ at rest against the overlap, and a limit cycle of rank two.',
        '重叠小于 1 和大于 1 时的 κ、静止时的 κ 随重叠的变化，以及秩为 2 的极限环。',
    ),
    'MultiAreaNetwork': Entry(
        '任意局部环路的若干份拷贝，由连接组耦合，每条连接有自己的延迟。',
        'The outputs of coupled areas as rows; connectome, delays and correlations as matrices.',
        '各脑区的输出（每行一个），以及连接组、延迟和相关性的矩阵。',
        'whole-brain model',
    ),
    'WilsonCowan': Entry(
        '兴奋性和抑制性群体，会出现极限环和滞后。',
        'E and I over time, and the phase plane with its nullclines and the limit cycle.',
        'E 和 I 随时间的变化，以及相平面、零线和极限环。',
        'Wilson–Cowan',
    ),
    'StabilizedSupralinear': Entry(
        '幂律的兴奋性和抑制性单元；输入强时由抑制来稳定（悖论性反应）。',
        'Steady rates against the input, and the paradoxical response to more input to I.',
        '稳态发放率随输入的变化，以及增加 I 的输入时的悖论性反应。',
        'stabilized supralinear network',
    ),
    'BalancedAmplification': Entry(
        '线性的 E–I 网络，把差 E − I 变成很大的和 E + I，而速度不变慢。',
        'E and I, and their sum and difference, with and without the link between these two.',
        'E 和 I，以及它们的和与差：两者之间有连接和没有连接时。',
    ),
    'WongWang': Entry(
        '为一个决策而竞争的两个群体：选择和反应时间。',
        'The rates of two populations in several trials, right choices and times of decision.',
        '几次试验中两个群体的发放率、正确选择的比例和决策时间。',
        'Wong–Wang',
    ),
    'MontbrioPazoRoxin': Entry(
        '无穷多个二次整合发放神经元的精确发放率和平均电压。',
        'The answer to a step and to a sine, and the (v, r) plane with two stable states.',
        '对阶跃和正弦输入的反应，以及有两个稳定状态的 (v, r) 平面。',
        'Montbrió–Pazó–Roxin',
    ),
    'TsodyksMarkram': Entry(
        '循环突触有抑压和易化的群体，所有神经元会一起爆发。',
        "The population's bursts and its synapses, and probes that find out what the synapses remember.",
        '群体的爆发和它的突触，以及检验突触记住什么的探测脉冲。',
        'Tsodyks–Markram',
    ),
    'JansenRit': Entry(
        '皮层柱，它的脑电显示 α 节律。',
        'The EEG of a cortical column, and its spectrum with the alpha rhythm.',
        '皮层柱的脑电，以及含 α 节律的频谱。',
        'Jansen–Rit',
    ),
    'Epileptor': Entry(
        '两个快群体，加上一个使癫痫发作开始和停止的慢变量。',
        'The permittivity and the field potential through seizures, and the plane of the two.',
        '发作期间的慢变量和场电位，以及这两者的平面。',
    ),
    'LarterBreakspear': Entry(
        '有三种离子通道的皮层柱；阈值的分散程度使它静止、振荡或混沌。',
        'Rest, a regular rhythm and chaos, and the turning points for all spreads of the thresholds.',
        '静止、规则节律和混沌，以及各种阈值分散程度下的极值点。',
        'Larter–Breakspear',
    ),
    'CoombesByrne': Entry(
        '无穷多个带慢突触的二次整合发放神经元的发放率、平均电压和同步程度。',
        'Rate and synchrony before, during and after a pulse.',
        '脉冲之前、期间和之后的发放率和同步程度。',
        'Coombes–Byrne',
    ),
    'DynamicMeanField': Entry(
        '静息脑区的兴奋性和抑制性群体，约 3 Hz（约化的 Wong–Wang 模型）。',
        'Rates with and without feedback inhibition control.',
        '有反馈抑制控制和没有时的发放率。',
        'reduced Wong–Wang',
    ),
    'Wendling': Entry(
        'Jansen–Rit 皮层柱加上第二种快抑制：脑电从背景变为发作。',
        'The EEG of six types of activity, and their spectra.',
        '六种活动类型的脑电和频谱。',
    ),
    'FitzHughNagumo': Entry(
        '有两个变量的可兴奋神经元：电位 v 和恢复变量 w。',
        'v and w over time, and the phase plane with its nullclines.',
        'v 和 w 随时间的变化，以及相平面和零线。',
        'FitzHugh–Nagumo',
    ),
    'MorrisLecar': Entry(
        '有钙电流和钾电流的藤壶肌纤维；按 I 类或 II 类方式发放。',
        'A phase plane, and the rates of two classes of neurons against the current.',
        '相平面，以及两类神经元的发放率随电流的变化。',
        'Morris–Lecar',
    ),
    'DrivenOscillator': Entry(
        '受驱动弹簧上的质点：讲义的第一个例子。',
        'Force and displacement, and the steady motion at other frequencies.',
        '力和位移，以及其他频率下的稳态运动。',
        'resonance',
    ),
    'StuartLandau': Entry(
        'Hopf 分岔的标准形：振幅为 √a 的振子。',
        'u and v over time, and the phase plane with the limit cycle.',
        'u 和 v 随时间的变化，以及有极限环的相平面。',
        'Stuart–Landau',
    ),
    'Kuramoto': Entry(
        '耦合的相位振子；耦合 K 大于 2γ 时同步。',
        'The phases of the oscillators, and how far they agree over time.',
        '各振子的相位，以及它们一致的程度随时间的变化。',
    ),
}

RULES = {
    'RTRL': Entry(
        '实时循环学习：每个参数的影响 p = dr/dw 沿时间向前传递。精确。',
        'Left: the rates of a network, and the traces p of one unit. Right: every entry of the gradient by RTRL lies '
        'on the diagonal: it equals the one by BPTT.',
        '左：网络的发放率，以及一个单元的迹 p。右：RTRL 梯度的每个分量都在对角线上，即与 BPTT 的相等。',
        'real-time recurrent learning',
    ),
    'BPTT': Entry(
        '时间反向传播：损失的伴随沿存储的状态向过去传递。精确。',
        'Left: a target, and the output before and after training. Right: the error of the gradient if the adjoint '
        'goes back only some steps; with all 80 it is exact.',
        '左：目标，以及训练前后的输出。右：伴随只向过去走若干步时梯度的误差；走完全部 80 步时精确。',
        'back-propagation through time',
    ),
    'SnAp': Entry(
        '稀疏的 n 步近似：影响 p = dr/dw 只保留 order 步之内产生的部分。',
        'Left: the influence of the weights of each unit on all units, which RTRL keeps. Middle: SnAp-1 keeps the '
        'diagonal. Right: its gradient against the exact one.',
        '左：RTRL 保留每个单元的权重对所有单元的影响。中：SnAp-1 只保留对角线。右：它的梯度与精确梯度的比较。',
        'sparse n-step approximation',
    ),
    'UORO': Entry(
        '无偏在线循环优化：影响 p = dr/dw 由两个向量的随机乘积来估计。',
        'Left: one estimate of the gradient is far from the exact one, but the mean of 400 lies on the diagonal. '
        'Right: the error of the mean of N estimates falls as 1/√N.',
        '左：单次估计离精确梯度很远，但 400 次的平均值在对角线上。右：N 次平均的误差按 1/√N 下降。',
        'unbiased online recurrent optimization',
    ),
    'KFRTRL': Entry(
        'Kronecker 分解的 RTRL：影响 dr_k/dw_ij 由随机乘积 A_ki u_j 来估计。',
        'Left: one estimate and the mean of 400 against the exact gradient. Right: the error of the mean, beside that '
        'of UORO, which has far more noise.',
        '左：单次估计和 400 次的平均值与精确梯度的比较。右：平均值的误差；UORO 的噪声大得多。',
        'Kronecker-factored RTRL',
    ),
    'RKF': Entry(
        '反向的 Kronecker 分解 RTRL：影响 dr_k/dw_ij 由随机乘积 A_i B_kj 来估计。',
        'Left: one estimate and the mean of 400 against the exact gradient. Right: the error of the mean, beside that '
        'of KF-RTRL, which has less noise.',
        '左：单次估计和 400 次的平均值与精确梯度的比较。右：平均值的误差；KF-RTRL 的噪声更小。',
        'reverse KF-RTRL',
    ),
    'EProp': Entry(
        '资格传播（e-prop）：每个突触保留它对自己单元的影响，略去对其他单元的影响。',
        'An LSTM learns the flip-flop task by EProp and by BPTT. Left: the losses. Right: the cosine of the gradient '
        'of each rule with the exact one.',
        'LSTM 用 EProp 和 BPTT 学习触发器任务。左：损失。右：各规则的梯度与精确梯度的余弦。',
        'eligibility propagation, e-prop',
    ),
    'RFLO': Entry(
        '随机反馈局部在线学习：每个突触对突触前后活动的乘积做低通滤波。',
        'A network learns two sines. Left: the loss with the true and with random feedback, and by BPTT. Right: the '
        'cosine with the exact gradient.',
        '网络学习两条正弦。左：真实反馈、随机反馈和 BPTT 的损失。右：与精确梯度的余弦。',
        'random-feedback local online learning',
    ),
    'KeRNL': Entry(
        '核循环学习：单元 i 的电流在 s 步之后对单元 k 的影响由 β_ki κ_i^s 近似。',
        'How a change of a current acts on the same unit and on two others, s steps later: the true response, the '
        'kernel at first, and the kernel that was learned.',
        '电流的改变在 s 步之后对本单元和另外两个单元的作用：真实的响应、最初的核和学到的核。',
        'kernel RNN learning',
    ),
    'FORCE': Entry(
        'FORCE 学习：对读出做在线的递归最小二乘。',
        'Output and target before and after learning; in the middle the loss while the readout learns.',
        '学习之前和之后的输出与目标；中间是学习过程中的损失。',
        'first-order reduced and controlled error',
    ),
    'ImplicitGradient': Entry(
        '由隐函数定理得到不动点的梯度。自由阶段稳定之后精确。',
        'Left: the gradient against finite differences of the loss, on the diagonal. Right: its error is proportional '
        'to the |F| that is left when the free phase ends.',
        '左：梯度与损失的有限差分相比，都在对角线上。右：误差与自由阶段结束时剩下的 |F| 成正比。',
        'implicit differentiation',
    ),
    'AdjointDynamics': Entry(
        '循环反向传播：第二个动力系统，即伴随，稳定在梯度上。',
        'The rates r and the adjoint v settle; the marks at the right are the fixed point by Newton and v* by a linear '
        'system.',
        '发放率 r 和伴随 v 稳定下来；右边的标记是 Newton 法的不动点和线性方程组给出的 v*。',
        'recurrent back-propagation',
    ),
    'EquilibriumPropagation': Entry(
        '平衡传播：网络自己算出梯度，先自由稳定一次，再被推动稳定一次。',
        'The error of the gradient against the nudge λ: of order λ one-sided, λ² centred, λ⁴ with four points on a '
        'circle.',
        '梯度的误差随推动 λ 的变化：单侧为 λ 阶，中心为 λ² 阶，圆上四点为 λ⁴ 阶。',
    ),
    'ContrastiveHebbian': Entry(
        '对比 Hebb 学习：一个阶段自由，另一个阶段把输出钳制在目标上；权重由两个状态之差学习。',
        'A network learns exclusive or. Left: the loss, beside that of equilibrium propagation. Right: the outputs '
        'before and after learning.',
        '网络学习异或。左：损失，与平衡传播的比较。右：学习前后的输出。',
    ),
    'VectorFieldEP': Entry(
        '没有能量的网络的平衡传播。近似：把 J 当作它的转置。',
        'The error of the gradient grows with the antisymmetric part of W; that of AsymmetricEP does not.',
        '梯度的误差随 W 的反对称部分增大；AsymmetricEP 的误差不增大。',
    ),
    'AsymmetricEP': Entry(
        '对不对称网络也精确的平衡传播：推动阶段中的一个力把 J 变成 Jᵀ。',
        'The error of the gradient against the nudge λ for a W that is not symmetric: it vanishes with λ, that of '
        'VectorFieldEP does not.',
        'W 不对称时梯度的误差随推动 λ 的变化：它随 λ 消失，VectorFieldEP 的误差则不消失。',
    ),
    'DeepEquilibrium': Entry(
        '深度平衡训练：r* 由 Anderson 加速求得，梯度由隐函数定理求得。',
        "Left: Anderson acceleration needs fewer steps than the network's dynamics. Right: the error of phantom and "
        'unrolled gradients falls with K.',
        '左：Anderson 加速所需的步数少于网络自身的动力学。右：幻影梯度和展开梯度的误差随 K 下降。',
        'deep equilibrium model',
    ),
    'DenoisingScoreMatching': Entry(
        '由样本学习概率密度：给样本加噪声，网络必须说出加了什么噪声。',
        'Samples of a network that learns two moons, before learning and after 30, 300 and 2500 epochs, over the data '
        'in grey.',
        '学习双月形数据的网络在学习之前以及 30、300、2500 轮之后的样本；灰色是数据。',
    ),
}

_TRIAL = (
    'One trial: the inputs above, the targets below, over the steps.',
    '一次试验：上面是输入，下面是目标，横轴是步。',
)
TASKS = {
    'HomeworkSequence': Entry('课程作业中的序列。', *_TRIAL),
    'SineGeneration': Entry('由常数输入给出频率的正弦。', *_TRIAL),
    'MultiSine': Entry('四条正弦之和，输入为 0。', *_TRIAL),
    'AddTask': Entry('在一串抛硬币的结果中，把较早两步的输入加起来。', *_TRIAL),
    'DelayedCopy': Entry('延迟之后重复一串符号。', *_TRIAL),
    'FlipFlop': Entry('记住几个输入中每一个最近一次脉冲的符号。', *_TRIAL),
    'EvidenceIntegration': Entry('判断两个有噪声的输入哪一个更强，就像猴子判断运动的点。', *_TRIAL),
    'ContextIntegration': Entry('同时有两类证据，由情境输入说明哪一类起决定作用。', *_TRIAL),
    'NeurogymTask': Entry('neurogym 的监督学习环境：观测是输入，真值是目标。', '', ''),
    'Digits': Entry(
        '1797 个 8 × 8 像素的手写数字，由 scikit-learn 提供。',
        'Six images of each digit from 0 to 9.',
        '0 到 9 每个数字的六幅图像。',
    ),
    'MNIST': Entry('MNIST 或 Fashion-MNIST 的图像，读自你电脑上的四个 IDX 文件；不下载任何东西。', '', ''),
}
ALL = MODELS | RULES | TASKS
