// A small blob for the other examples: will it rain?
import { tableFromRecords } from 'coppice/data';
import { trainTable } from 'coppice/lifecycle';
import { encodeBlob } from 'coppice/quantize';

/** The model that the example blob holds. */
export function exampleModel() {
  const days = Array.from({ length: 800 }, (_, i) => {
    const humidity = (i * 13) % 100;
    const wind = ['a', 'b', 'c'][i % 3];
    return { humidity, wind, rain: humidity > (wind === 'a' ? 70 : 85) ? 'yes' : 'no' };
  });
  return trainTable(tableFromRecords(days), {
    target: 'rain',
    positive: 'yes',
    options: { numTrees: 20 },
  }).model;
}

/** The packed int8 model. */
export function exampleBlob() {
  return encodeBlob(exampleModel());
}
