// The training loop of TensorFlow Playground, written anew after its structure, to be measured
// against: nodes and links, one example at a time, as in src/nn.ts and oneStep() of
// src/playground.ts (https://github.com/tensorflow/playground, Apache License 2.0).
//
//     node playground_loop.js DATA.json SECONDS      -> one line of JSON
//
// DATA.json: {shape, batch, rate, points: [[features…, target], …], weights: [[[w…, b] …] …]}.

"use strict";
const fs = require("fs");

const TANH = {
  output: (x) => Math.tanh(x),
  der: (x) => {
    const output = TANH.output(x);
    return 1 - output * output;
  },
};
const SQUARE = {
  error: (output, target) => 0.5 * Math.pow(output - target, 2),
  der: (output, target) => output - target,
};

class Link {
  constructor(source, dest, regularization, weight) {
    this.id = source.id + "-" + dest.id;
    this.source = source;
    this.dest = dest;
    this.weight = weight;
    this.isDead = false;
    this.errorDer = 0;
    this.accErrorDer = 0;
    this.numAccumulatedDers = 0;
    this.regularization = regularization;
  }
}

class Node {
  constructor(id, activation, bias) {
    this.id = id;
    this.inputLinks = [];
    this.outputs = [];
    this.bias = bias;
    this.totalInput = 0;
    this.output = 0;
    this.outputDer = 0;
    this.inputDer = 0;
    this.accInputDer = 0;
    this.numAccumulatedDers = 0;
    this.activation = activation;
  }

  updateOutput() {
    this.totalInput = this.bias;
    for (let j = 0; j < this.inputLinks.length; j++) {
      const link = this.inputLinks[j];
      this.totalInput += link.weight * link.source.output;
    }
    this.output = this.activation.output(this.totalInput);
    return this.output;
  }
}

function build(shape, weights) {
  const network = [];
  for (let layer = 0; layer < shape.length; layer++) {
    const nodes = [];
    for (let i = 0; i < shape[layer]; i++) {
      const given = layer > 0 ? weights[layer - 1][i] : null;
      const node = new Node(layer + "." + i, TANH, given ? given[given.length - 1] : 0.1);
      nodes.push(node);
      if (given === null) continue;
      network[layer - 1].forEach((source, j) => {
        const link = new Link(source, node, null, given[j]);
        source.outputs.push(link);
        node.inputLinks.push(link);
      });
    }
    network.push(nodes);
  }
  return network;
}

function forwardProp(network, inputs) {
  const first = network[0];
  for (let i = 0; i < first.length; i++) {
    first[i].output = inputs[i];
  }
  for (let layer = 1; layer < network.length; layer++) {
    const nodes = network[layer];
    for (let i = 0; i < nodes.length; i++) {
      nodes[i].updateOutput();
    }
  }
  return network[network.length - 1][0].output;
}

function backProp(network, target, errorFunc) {
  const outputNode = network[network.length - 1][0];
  outputNode.outputDer = errorFunc.der(outputNode.output, target);
  for (let layer = network.length - 1; layer >= 1; layer--) {
    const nodes = network[layer];
    for (let i = 0; i < nodes.length; i++) {
      const node = nodes[i];
      node.inputDer = node.outputDer * node.activation.der(node.totalInput);
      node.accInputDer += node.inputDer;
      node.numAccumulatedDers++;
    }
    for (let i = 0; i < nodes.length; i++) {
      const node = nodes[i];
      for (let j = 0; j < node.inputLinks.length; j++) {
        const link = node.inputLinks[j];
        if (link.isDead) {
          continue;
        }
        link.errorDer = node.inputDer * link.source.output;
        link.accErrorDer += link.errorDer;
        link.numAccumulatedDers++;
      }
    }
    if (layer === 1) {
      continue;
    }
    const before = network[layer - 1];
    for (let i = 0; i < before.length; i++) {
      const node = before[i];
      node.outputDer = 0;
      for (let j = 0; j < node.outputs.length; j++) {
        const output = node.outputs[j];
        node.outputDer += output.weight * output.dest.inputDer;
      }
    }
  }
}

function updateWeights(network, learningRate, regularizationRate) {
  for (let layer = 1; layer < network.length; layer++) {
    const nodes = network[layer];
    for (let i = 0; i < nodes.length; i++) {
      const node = nodes[i];
      if (node.numAccumulatedDers > 0) {
        node.bias -= (learningRate * node.accInputDer) / node.numAccumulatedDers;
        node.accInputDer = 0;
        node.numAccumulatedDers = 0;
      }
      for (let j = 0; j < node.inputLinks.length; j++) {
        const link = node.inputLinks[j];
        if (link.isDead) {
          continue;
        }
        const regulDer = link.regularization ? link.regularization.der(link.weight) : 0;
        if (link.numAccumulatedDers > 0) {
          link.weight -= (learningRate / link.numAccumulatedDers) * link.accErrorDer;
          const further = link.weight - learningRate * regularizationRate * regulDer;
          if (link.regularization && link.weight * further < 0) {
            link.weight = 0;
            link.isDead = true;
          } else {
            link.weight = further;
          }
          link.accErrorDer = 0;
          link.numAccumulatedDers = 0;
        }
      }
    }
  }
}

function loss(network, points) {
  let sum = 0;
  for (const point of points) {
    sum += SQUARE.error(forwardProp(network, point), point[point.length - 1]);
  }
  return sum / points.length;
}

const given = JSON.parse(fs.readFileSync(process.argv[2], "utf8"));
const network = build(given.shape, given.weights);
const points = given.points;
const width = points[0].length - 1;
let steps = 0;
let timed = 0;

function epoch() {
  points.forEach((point, i) => {
    forwardProp(network, point.slice(0, width));
    backProp(network, point[width], SQUARE);
    if ((i + 1) % given.batch === 0) {
      updateWeights(network, given.rate, 0);
      steps++;
    }
  });
}

epoch();
const first = loss(network, points);
while (steps < 5000) epoch(); // compiled by now
const until = Number(process.argv[3]) * 1e9;
const begun = process.hrtime.bigint();
const used = process.cpuUsage();
const before = steps;
do {
  epoch();
  timed = Number(process.hrtime.bigint() - begun);
} while (timed < until);
const cpu = process.cpuUsage(used);
const seconds = (cpu.user + cpu.system) / 1e6;
console.log(JSON.stringify({ seconds, steps: steps - before, first }));
