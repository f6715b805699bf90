// How audio files are called, by those who name them for their format.

/** Names of files that are taken for audio. What is in them their content says: of some it is that they are not read. */
export const AUDIO_NAME = /\.(wave?|bwf|rf64|flac|mp[23]|mpga|ogg|oga|opus|aif[fc]?|m4a|aac|caf|au|wma)$/i;
