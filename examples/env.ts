/** Where the Gantry that is talked to keeps its data; the nearest `.gantry` folder when absent. */
export const dataDir: string | undefined = process.env['GANTRY_DATA_DIR'];
