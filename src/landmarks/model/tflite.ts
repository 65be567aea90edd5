import { Builder } from 'flatbuffers';
import { VivantError } from '../../core/errors.js';
import { FlatTable } from './flatbuffer-reader.js';

// Slots of the TFLite schema (tensorflow/lite/schema/schema.fbs, version 3).
const MODEL = { version: 0, operatorCodes: 1, subgraphs: 2, description: 3, buffers: 4, metadataBuffer: 5, metadata: 6 } as const;
const SUBGRAPH = { tensors: 0, inputs: 1, outputs: 2, operators: 3, name: 4 } as const;
const TENSOR = { shape: 0, type: 1, buffer: 2, name: 3 } as const;
const OPERATOR = { code: 0, inputs: 1, outputs: 2, optionsType: 3, options: 4 } as const;
const OPERATOR_CODE = { deprecatedBuiltin: 0, version: 2, builtin: 3 } as const;

/** Element types of new tensors: constants are integers, results are floats. */
const TENSOR_TYPE = { float32: 0, int32: 2 } as const;

/** An operator to append; inputs and outputs are tensor numbers. */
export type NewOperator = {
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
} & (
  | { readonly kind: 'concatenation'; readonly axis: number }
  | { readonly kind: 'gather'; readonly axis: number }
  | { readonly kind: 'mean'; readonly keepDims: boolean }
);

/** A tensor to append; `data` makes it a constant. */
export interface NewTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data?: Int32Array;
}

/** Operators appended to the only subgraph of a model, and what the subgraph then returns. */
export interface GraphExtension {
  readonly tensors: readonly NewTensor[];
  readonly operators: readonly NewOperator[];
  readonly outputs: readonly number[];
}

/** What the callers need to know about a model's only subgraph. */
export interface GraphSummary {
  readonly tensorCount: number;
  /** Tensor numbers of the outputs, in order. */
  readonly outputs: readonly number[];
  /** How many values each output holds. */
  readonly outputSizes: readonly number[];
}

const BUILTIN = { concatenation: 2, gather: 36, mean: 40 } as const;
const OPTIONS_TYPE = { concatenation: 10, gather: 23, mean: 27 } as const;

/**
 * Reads the outputs of a model with one subgraph.
 *
 * @throws VivantError MODEL_CORRUPT
 */
export function summariseGraph(model: Uint8Array): GraphSummary {
  const { graph } = openModel(model);
  const tensors = graph.tables(SUBGRAPH.tensors);
  const outputs = graph.int32s(SUBGRAPH.outputs);
  const outputSizes = outputs.map((index) => {
    const tensor = tensors[index];
    if (!tensor) throw corrupt(`an output that is tensor ${index} of ${tensors.length}`);
    return tensor.int32s(TENSOR.shape).reduce((product, side) => product * side, 1);
  });
  return { tensorCount: tensors.length, outputs, outputSizes };
}

/**
 * Returns `model` with TFLite metadata attached and, if asked, operators appended to its graph.
 *
 * All FlatBuffers offsets are relative and point forward, so a new root, written before the untouched old bytes,
 * can point into them. The new part is a multiple of 64 bytes long, which keeps the weights aligned.
 *
 * @throws VivantError MODEL_CORRUPT
 */
export function rewriteModel(model: Uint8Array, metadata: Uint8Array, extension?: GraphExtension): Uint8Array {
  const { root, graph } = openModel(model);
  const builder = new Builder(16384);
  const bufferPositions = root.tablePositions(MODEL.buffers);
  const buffers = bufferPositions.map(old);

  let operatorCodes = oldField(root, MODEL.operatorCodes);
  let subgraphs = oldField(root, MODEL.subgraphs);
  if (extension) {
    const codes = root.tablePositions(MODEL.operatorCodes).map(old);
    const newSubgraph = writeSubgraph(builder, graph, extension, codes, buffers);
    subgraphs = writeOffsets(builder, [newSubgraph]);
    operatorCodes = writeOffsets(builder, codes);
  }

  const metadataEntry = writeMetadataEntry(builder, buffers.length);
  buffers.push(writeBuffer(builder, metadata));
  const metadataEntries = writeOffsets(builder, [...root.tablePositions(MODEL.metadata).map(old), metadataEntry]);
  const bufferVector = writeOffsets(builder, buffers);

  builder.startObject(7);
  builder.addFieldInt32(MODEL.version, root.uint32(MODEL.version, 0), 0);
  builder.addFieldOffset(MODEL.operatorCodes, operatorCodes, 0);
  builder.addFieldOffset(MODEL.subgraphs, subgraphs, 0);
  builder.addFieldOffset(MODEL.description, oldField(root, MODEL.description), 0);
  builder.addFieldOffset(MODEL.buffers, bufferVector, 0);
  builder.addFieldOffset(MODEL.metadataBuffer, oldField(root, MODEL.metadataBuffer), 0);
  builder.addFieldOffset(MODEL.metadata, metadataEntries, 0);
  const newRoot = builder.endObject();
  builder.prep(64, 8);
  builder.finish(newRoot, 'TFL3');

  const prefix = builder.asUint8Array();
  const result = new Uint8Array(prefix.length + model.length);
  result.set(prefix);
  result.set(model, prefix.length);
  return result;
}

/** The builder counts offsets from the end of what it writes; the old bytes lie after that end. */
function old(position: number): number {
  return -position;
}

function oldField(table: FlatTable, slot: number): number {
  const position = table.target(slot);
  return position === undefined ? 0 : old(position);
}

function writeSubgraph(builder: Builder, graph: FlatTable, extension: GraphExtension, codes: number[], buffers: number[]): number {
  const tensors = graph.tablePositions(SUBGRAPH.tensors).map(old);
  for (const tensor of extension.tensors) {
    let buffer = 0; // buffer 0 is the empty one, by the schema
    if (tensor.data) {
      buffer = buffers.length;
      buffers.push(writeBuffer(builder, new Uint8Array(tensor.data.buffer, tensor.data.byteOffset, tensor.data.byteLength)));
    }
    const name = builder.createString(tensor.name);
    const shape = writeInt32s(builder, tensor.shape);
    builder.startObject(4);
    builder.addFieldOffset(TENSOR.shape, shape, 0);
    builder.addFieldInt8(TENSOR.type, tensor.data ? TENSOR_TYPE.int32 : TENSOR_TYPE.float32, 0);
    builder.addFieldInt32(TENSOR.buffer, buffer, 0);
    builder.addFieldOffset(TENSOR.name, name, 0);
    tensors.push(builder.endObject());
  }

  const codeIndex = new Map<NewOperator['kind'], number>();
  const operators = graph.tablePositions(SUBGRAPH.operators).map(old);
  for (const operator of extension.operators) {
    let index = codeIndex.get(operator.kind);
    if (index === undefined) {
      index = codes.length;
      codes.push(writeOperatorCode(builder, BUILTIN[operator.kind]));
      codeIndex.set(operator.kind, index);
    }
    operators.push(writeOperator(builder, operator, index));
  }

  const tensorVector = writeOffsets(builder, tensors);
  const operatorVector = writeOffsets(builder, operators);
  const outputs = writeInt32s(builder, extension.outputs);
  builder.startObject(5);
  builder.addFieldOffset(SUBGRAPH.tensors, tensorVector, 0);
  builder.addFieldOffset(SUBGRAPH.inputs, oldField(graph, SUBGRAPH.inputs), 0);
  builder.addFieldOffset(SUBGRAPH.outputs, outputs, 0);
  builder.addFieldOffset(SUBGRAPH.operators, operatorVector, 0);
  builder.addFieldOffset(SUBGRAPH.name, oldField(graph, SUBGRAPH.name), 0);
  return builder.endObject();
}

function writeOperatorCode(builder: Builder, builtin: number): number {
  builder.startObject(4);
  builder.addFieldInt8(OPERATOR_CODE.deprecatedBuiltin, builtin, 0);
  builder.addFieldInt32(OPERATOR_CODE.version, 1, 0);
  builder.addFieldInt32(OPERATOR_CODE.builtin, builtin, 0);
  return builder.endObject();
}

function writeOperator(builder: Builder, operator: NewOperator, codeIndex: number): number {
  const inputs = writeInt32s(builder, operator.inputs);
  const outputs = writeInt32s(builder, operator.outputs);
  builder.startObject(1); // Concatenation, Gather and Reducer options all keep their one setting in slot 0
  if (operator.kind === 'mean') builder.addFieldInt8(0, operator.keepDims ? 1 : 0, 0);
  else builder.addFieldInt32(0, operator.axis, 0);
  const options = builder.endObject();
  builder.startObject(5);
  builder.addFieldInt32(OPERATOR.code, codeIndex, 0);
  builder.addFieldOffset(OPERATOR.inputs, inputs, 0);
  builder.addFieldOffset(OPERATOR.outputs, outputs, 0);
  builder.addFieldInt8(OPERATOR.optionsType, OPTIONS_TYPE[operator.kind], 0);
  builder.addFieldOffset(OPERATOR.options, options, 0);
  return builder.endObject();
}

function writeMetadataEntry(builder: Builder, buffer: number): number {
  const name = builder.createString('TFLITE_METADATA');
  builder.startObject(2);
  builder.addFieldOffset(0, name, 0);
  builder.addFieldInt32(1, buffer, 0);
  return builder.endObject();
}

function writeBuffer(builder: Builder, data: Uint8Array): number {
  builder.startVector(1, data.length, 16);
  for (let i = data.length - 1; i >= 0; i--) builder.addInt8(data[i]!);
  const vector = builder.endVector();
  builder.startObject(1);
  builder.addFieldOffset(0, vector, 0);
  return builder.endObject();
}

function writeOffsets(builder: Builder, offsets: readonly number[]): number {
  builder.startVector(4, offsets.length, 4);
  for (let i = offsets.length - 1; i >= 0; i--) builder.addOffset(offsets[i]!);
  return builder.endVector();
}

function writeInt32s(builder: Builder, values: readonly number[]): number {
  builder.startVector(4, values.length, 4);
  for (let i = values.length - 1; i >= 0; i--) builder.addInt32(values[i]!);
  return builder.endVector();
}

function openModel(model: Uint8Array): { root: FlatTable; graph: FlatTable } {
  const root = FlatTable.root(model, 'TFL3');
  const [graph, ...others] = root.tables(MODEL.subgraphs);
  if (!graph || others.length > 0) throw corrupt(`${others.length + (graph ? 1 : 0)} subgraphs where one belongs`);
  return { root, graph };
}

function corrupt(what: string): VivantError {
  return new VivantError('MODEL_CORRUPT', `Expected a TFLite model but found ${what}. The model file is damaged: fetch or install it again.`);
}
