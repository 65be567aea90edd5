import { Builder } from 'flatbuffers';

const IMAGE_PROPERTIES = 2; // Content.content_properties_type
const RGB = 1; // ImageProperties.color_space
const NORMALIZATION_OPTIONS = 1; // ProcessUnit.options_type

/**
 * TFLite model metadata (tensorflow/lite metadata_schema.fbs, "M001") for a network with one RGB image as its input:
 * MediaPipe Tasks feeds it `(pixel - mean) / std`.
 *
 * @param normalisation - in pixel values, 0..255
 */
export function imageInputMetadata(normalisation: { readonly mean: number; readonly std: number }): Uint8Array {
  const builder = new Builder(256);
  const mean = float32Vector(builder, normalisation.mean);
  const std = float32Vector(builder, normalisation.std);
  builder.startObject(2); // NormalizationOptions
  builder.addFieldOffset(0, mean, 0);
  builder.addFieldOffset(1, std, 0);
  const options = builder.endObject();
  builder.startObject(2); // ProcessUnit
  builder.addFieldInt8(0, NORMALIZATION_OPTIONS, 0);
  builder.addFieldOffset(1, options, 0);
  const processUnits = offsetVector(builder, builder.endObject());

  builder.startObject(1); // ImageProperties
  builder.addFieldInt8(0, RGB, 0);
  const image = builder.endObject();
  builder.startObject(2); // Content
  builder.addFieldInt8(0, IMAGE_PROPERTIES, 0);
  builder.addFieldOffset(1, image, 0);
  const content = builder.endObject();

  const name = builder.createString('image');
  builder.startObject(5); // TensorMetadata
  builder.addFieldOffset(0, name, 0);
  builder.addFieldOffset(3, content, 0);
  builder.addFieldOffset(4, processUnits, 0);
  const inputs = offsetVector(builder, builder.endObject());

  builder.startObject(3); // SubGraphMetadata
  builder.addFieldOffset(2, inputs, 0);
  const subgraphs = offsetVector(builder, builder.endObject());
  builder.startObject(4); // ModelMetadata
  builder.addFieldOffset(3, subgraphs, 0);
  builder.finish(builder.endObject(), 'M001');
  return builder.asUint8Array();
}

function float32Vector(builder: Builder, value: number): number {
  builder.startVector(4, 1, 4);
  builder.addFloat32(value);
  return builder.endVector();
}

function offsetVector(builder: Builder, offset: number): number {
  builder.startVector(4, 1, 4);
  builder.addOffset(offset);
  return builder.endVector();
}
