// The public face of spec.ts, which checks it; written out, for what Zod infers can't be documented field by field.

/** What all descriptions have. @public */
export interface CommonDescription {
  /** A short word for files and tables: letters, digits, `.`, `_` and `-`. */
  readonly name: string;
  /** Free text; change it when the detector changes in a way that its files don't show, so that old scores aren't used again. */
  readonly version?: string;
  /** 0..1: a clip is called an attack when its score is at least this. Default 0.5. */
  readonly threshold?: number;
  /** What a high score means; `real` scores are turned around. Default `attack`. */
  readonly scores?: 'attack' | 'real';
}

/** What a detector outside this process is told. @public */
export interface AskedDescription {
  /** What the detector is asked about: pictures (default) or whole clips. */
  readonly input?: 'frames' | 'video';
  /** For one answer. Default 60. */
  readonly timeoutSeconds?: number;
}

/** An ONNX model that takes one square face crop; needs the optional peer onnxruntime-node. @public */
export interface OnnxDescription extends CommonDescription {
  /** Kind of detector. */
  readonly type: 'onnx';
  /** Path of the model, from the detector file or the working directory. */
  readonly model: string;
  /** Side of the crop in pixels, for models that leave it open. */
  readonly side?: number;
  /** The crop's side over the face's longer side, 0.5..5. Default 1.4. */
  readonly margin?: number;
  /** Order of the colour channels. Default `rgb`. */
  readonly channels?: 'rgb' | 'bgr';
  /** Network input = (value / 255 - mean) / std. Default 0, 0, 0. */
  readonly mean?: readonly number[];
  /** See `mean`. Default 1, 1, 1. */
  readonly std?: readonly number[];
  /** Name of the output. Default: the first. */
  readonly output?: string;
  /** Applied to the output. Default `none`. */
  readonly activation?: 'none' | 'sigmoid' | 'softmax';
  /** Which value of the output, after the activation, is the score. Default 0. */
  readonly index?: number;
}

/** A command that answers JSON lines with JSON lines (docs/detectors.md). @public */
export interface CommandDescription extends CommonDescription, AskedDescription {
  /** Kind of detector. */
  readonly type: 'command';
  /** For the shell. */
  readonly command: string;
}

/** An endpoint on this machine; other addresses are refused. @public */
export interface HttpDescription extends CommonDescription, AskedDescription {
  /** Kind of detector. */
  readonly type: 'http';
  /** For example `http://127.0.0.1:8000/score`. */
  readonly url: string;
}

/** A detector that isn't built in. @public */
export type DetectorDescription = OnnxDescription | CommandDescription | HttpDescription;
